// How often somebody may do something: a bucket of tokens, and a bounded table of
// buckets by name. Pure: time comes in, and only moves forward.
#pragma once

#include "messages/clock.hpp"
#include "messages/limits.hpp"

#include <cstddef>
#include <list>
#include <string>
#include <unordered_map>

namespace unpod {

/// How a bucket fills; a rate of 0 never runs dry.
struct bucket_rate {
  double per_second = 0;
  double burst = 1;
};

class token_bucket {
public:
  token_bucket(bucket_rate rate, mono_time now) : rate_(rate), left_(rate.burst), last_(now) {}

  /// How long until there is a token; 0: there is one now.
  milliseconds wait(mono_time now);

  /// Takes a token if there is one; else says how long until there is.
  milliseconds take(mono_time now);

private:
  void fill(mono_time now);

  bucket_rate rate_;
  double left_;
  mono_time last_;
};

/// A bucket for each name; the one that was asked for least recently goes when a new
/// name would be one too many.
class bucket_table {
public:
  bucket_table(bucket_rate rate, std::size_t names_max) : rate_(rate), names_max_(names_max) {}

  /// A name that is not there has a full bucket, and gets none by being asked for.
  milliseconds wait(const std::string& name, mono_time now);
  milliseconds take(const std::string& name, mono_time now);

  std::size_t size() const {
    return rows_.size();
  }

private:
  struct row {
    std::string name;
    token_bucket bucket;
  };

  bucket_rate rate_;
  std::size_t names_max_;
  std::list<row> rows_; // the most recently asked for first
  std::unordered_map<std::string, std::list<row>::iterator> by_name_;
};

} // namespace unpod
