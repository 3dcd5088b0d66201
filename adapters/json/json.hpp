// JSON in and out, bounded: the only door to RapidJSON. Reading never throws,
// never recurses past the depth given, and checks UTF-8; writing needs no DOM.
#pragma once

#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <cmath>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace unpod::json {

using value = rapidjson::Value;
using document = rapidjson::Document;

/// Deepest nesting of arrays and objects, without parsing. Braces in strings don't count.
std::size_t depth_of(std::string_view text);

/// The document, or nothing with words in `why` ("not JSON at byte 17: …", "deeper than 32
/// levels").
std::optional<document> parse(std::string_view text, std::size_t depth_max, std::string& why);

/// The member when it is there and of this type; nothing otherwise.
std::optional<std::string> text(const value& object, const char* key);
std::optional<std::int64_t> whole(const value& object, const char* key); // 2.0 counts, 2.5 does not
std::optional<double> number(const value& object, const char* key);
std::optional<bool> flag(const value& object, const char* key);
const value* member(const value& object, const char* key); // null when absent
/// The object or array under `key`, as compact JSON text.
std::optional<std::string> raw(const value& object, const char* key);
std::string dump(const value& any);

/// Writes one document: `writer w; w.object().key("a").put(1).end(); w.str()`.
class writer {
public:
  writer& object() {
    out_.StartObject();
    kinds_ += '{';
    return *this;
  }
  writer& array() {
    out_.StartArray();
    kinds_ += '[';
    return *this;
  }
  /// Closes the innermost object or array.
  writer& end() {
    kinds_.back() == '{' ? out_.EndObject() : out_.EndArray();
    kinds_.pop_back();
    return *this;
  }
  writer& key(std::string_view name) {
    out_.Key(name.data(), static_cast<rapidjson::SizeType>(name.size()));
    return *this;
  }
  writer& put(std::string_view text) {
    out_.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
    return *this;
  }
  writer& put(const char* text) {
    return put(std::string_view{text});
  }
  writer& put(const std::string& text) {
    return put(std::string_view{text});
  }
  writer& put(bool yes) {
    out_.Bool(yes);
    return *this;
  }
  writer& put(double number) {
    std::isfinite(number) ? out_.Double(number) : out_.Null();
    return *this;
  }
  template <class Int, std::enable_if_t<std::is_integral_v<Int>, int> = 0>
  writer& put(Int number) {
    if constexpr (std::is_signed_v<Int>)
      out_.Int64(number);
    else
      out_.Uint64(number);
    return *this;
  }
  writer& null() {
    out_.Null();
    return *this;
  }
  /// Text that is JSON already (stored metadata): trusted to be well-formed.
  writer& raw(std::string_view json) {
    out_.RawValue(json.data(), json.size(), rapidjson::kObjectType);
    return *this;
  }
  template <class T>
  writer& field(std::string_view name, const T& content) {
    return key(name).put(content);
  }
  /// A text field that is null when empty.
  writer& text_or_null(std::string_view name, std::string_view content) {
    key(name);
    return content.empty() ? null() : put(content);
  }
  std::string str() const {
    return {buffer_.GetString(), buffer_.GetSize()};
  }

private:
  rapidjson::StringBuffer buffer_;
  rapidjson::Writer<rapidjson::StringBuffer> out_{buffer_};
  std::string kinds_;
};

} // namespace unpod::json
