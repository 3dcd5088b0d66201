// See reader.hpp.
#include "storage/reader.hpp"

#include "messages/log.hpp"
#include "storage/record_codec.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace unpod {

namespace {

class backend_reader : public store_reader {
public:
  backend_reader(backend_ptr from, const store_limits& bounds)
    : from_(std::move(from)), rows_max_(bounds.list_rows_max) {}

  std::optional<stored> find(table where, const std::string& key) const override {
    const auto place = place_of(where);
    const auto found = from_->get(place.where, place.prefix + key);
    if (found.failed)
      log(log_level::error, "storage", "", "a record could not be read: the disk failed");
    return found.value ? decode(where, *found.value) : std::nullopt;
  }

  std::vector<stored> list(table where, const list_query& query) const override {
    if (!query.project.empty())
      return list_of_project(where, query);
    const auto place = place_of(where);
    const auto rows_max = std::min(query.rows_max, rows_max_);
    std::vector<stored> rows;
    scan_range range{place.where, place.prefix + query.prefix,
                     query.after.empty() ? "" : place.prefix + query.after, query.newest_first};
    const bool whole = rows_max == 0 || from_->scan(range, [&](auto, std::string_view value) {
      if (auto row = decode(where, value))
        rows.push_back(std::move(*row));
      return rows.size() < rows_max;
    });
    if (!whole)
      log(log_level::error, "storage", "", "a list was cut short: the disk failed");
    return rows;
  }

private:
  /// By way of the index; a row that went meanwhile is left out.
  std::vector<stored> list_of_project(table where, const list_query& query) const {
    const auto prefix = index_prefix(where, query.project);
    const auto rows_max = std::min(query.rows_max, rows_max_);
    std::vector<stored> rows;
    const scan_range range{space::index, prefix + query.prefix,
                           query.after.empty() ? "" : prefix + query.after, query.newest_first};
    const bool whole = rows_max == 0 || from_->scan(range, [&](std::string_view key, auto) {
      if (auto row = find(where, std::string{key.substr(prefix.size())}))
        rows.push_back(std::move(*row));
      return rows.size() < rows_max;
    });
    if (!whole)
      log(log_level::error, "storage", "", "a list was cut short: the disk failed");
    return rows;
  }

  static std::optional<stored> decode(table where, std::string_view value) {
    auto record = decode_record(value);
    if (record && table_of(*record) == where)
      return record;
    log(log_level::error, "storage", "", "a record could not be decoded and was left out");
    return std::nullopt;
  }

  backend_ptr from_;
  std::size_t rows_max_;
};

} // namespace

store_reader_ptr make_reader(backend_ptr from, const store_limits& bounds) {
  return std::make_shared<backend_reader>(std::move(from), bounds);
}

} // namespace unpod
