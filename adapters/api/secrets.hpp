// Secrets among what is kept and shown again: which members and parts of a URL they are, the
// mask they are shown as, and how the mask sent back keeps them. Pure.
#pragma once

#include "adapters/json/json.hpp"

#include <string>
#include <string_view>

namespace unpod {

/// What stands for a kept secret; sent back, it keeps the secret.
inline constexpr const char* secret_mask = "********";

/// Does a member of this name hold a secret? "api_key", "X-Auth", "access_token"; not "max_tokens".
bool is_secret_name(std::string_view name);

/// Masks the values of every member of such a name, at any depth; but not texts with a template
/// `{{ … }}` in them, when these are spared: they name a secret and hold none.
void mask_secrets(json::value& all, bool spare_templates = false);

/// Puts what was kept where its mask is; false, and the place's name, when there is nothing to put.
bool unmask(json::value& given, const json::value* kept, json::document::AllocatorType& memory);
bool unmask_secrets(json::value& all, const json::value* kept,
                    json::document::AllocatorType& memory, std::string& where);

/// Which values of a URL's query are masked: those of such names, or each of them.
enum class query_mask : unsigned char { secrets, all };

/// A URL with the mask for its user and password, and for values in its query, templates
/// spared.
std::string shown_url(const std::string& url, query_mask which = query_mask::secrets);

/// The URL as it was kept when `given` is what was shown of it; else `given`.
std::string kept_url(const std::string& given, const std::string& kept,
                     query_mask which = query_mask::secrets);

} // namespace unpod
