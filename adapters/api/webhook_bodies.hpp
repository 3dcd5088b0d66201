// Bodies and rows of webhooks and their deliveries. Pure.
#pragma once

#include "adapters/json/json.hpp"
#include "messages/records.hpp"

#include <string>

namespace unpod {

/// Puts a webhook body's members into the record; false and words naming the field.
/// `partial`: a PATCH; what is not there stays, and `rotate` says whether a new secret is
/// wanted.
bool read_webhook(const json::value& body, bool partial, webhook_record& into, bool& rotate,
                  std::string& why);

/// What the API shows of a webhook; its secret only where it was just made.
std::string webhook_json(const webhook_record& webhook, bool with_secret);

/// One delivery; with what is sent, where one is looked at alone.
std::string delivery_json(const delivery_record& row, bool with_payload);

} // namespace unpod
