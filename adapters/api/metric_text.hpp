// One metric without labels, as Prometheus text.
#pragma once

#include <string>

namespace unpod {

template <class Number>
std::string metric(const char* type, const char* name, Number value) {
  return std::string{"# TYPE "} + name + " " + type + "\n" + name + " " + std::to_string(value)
         + "\n";
}

} // namespace unpod
