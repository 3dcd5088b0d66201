// How a message shows itself to CAF: its name, then its fields. A field that
// cannot be shown (audio, a secret, a pointer) is left out.
#pragma once

#include <caf/meta/type_name.hpp>

/// `UNPOD_MESSAGE(speech_started, x.sample, x.at)`, in the namespace of the type.
#define UNPOD_MESSAGE(type, ...)                                                                   \
  template <class Inspector>                                                                       \
  typename Inspector::result_type inspect(Inspector& f, type& x) {                                 \
    return f(caf::meta::type_name(#type), __VA_ARGS__);                                            \
  }

/// A message whose arrival says it all, or whose fields must not be shown.
#define UNPOD_OPAQUE_MESSAGE(type)                                                                 \
  template <class Inspector>                                                                       \
  typename Inspector::result_type inspect(Inspector& f, type&) {                                   \
    return f(caf::meta::type_name(#type));                                                         \
  }
