// How a parent holds a child. A dead parent leaves no child; a dead child is
// news, never a death sentence.
//
//   parent --one-way link--> child     parent's exit reason reaches the child
//   parent <----monitor----- child     child's exit reason arrives as down_msg
//
// Not caf::linked: that link runs both ways, and a child that dies of
// exit_reason::kill takes its parent along past any exit handler.
#pragma once

#include <caf/default_attachable.hpp>

#include <string>
#include <utility>

namespace unpod {

/// Takes in a child that was spawned for this parent by someone else's function.
template <class Self, class Handle>
Handle adopt_child(Self* self, std::string subject, Handle child) {
  self->monitor(child);
  self->attach(caf::default_attachable::make_link(self->address(), child.address()));
  self->name_child(child.id(), std::move(subject));
  return child;
}

template <class Self, class Fun, class... Args>
auto spawn_child(Self* self, std::string subject, Fun fun, Args&&... args) {
  return adopt_child(self, std::move(subject), self->spawn(fun, std::forward<Args>(args)...));
}

/// Cuts the link to a child that is down: links to the dead pile up otherwise.
template <class Self>
void release_child(Self* self, const caf::actor_addr& child) {
  using link = caf::default_attachable;
  self->detach(link::observe_token{child, link::link});
}

} // namespace unpod
