// The two brains of the reference runner: an echo, and one that follows a script.
#include "adapters/peers/runner_brain.hpp"

#include "adapters/peers/words.hpp"

#include <algorithm>
#include <utility>

namespace unpod {

namespace {

constexpr double near_enough = 0.5; // share of a turn's words that must have been heard

class echo_brain : public runner_brain {
public:
  std::string greeting() override {
    return "Hello. I say again whatever you say.";
  }

  brain_reply answer(const std::string& user_text) override {
    return {"You said: " + user_text, false, {}};
  }
};

class script_brain : public runner_brain {
public:
  explicit script_brain(std::shared_ptr<const talk_script> script) : script_{std::move(script)} {}

  std::string greeting() override {
    return script_->greeting;
  }

  brain_reply answer(const std::string& user_text) override {
    const auto heard = spoken_words(user_text);
    if (const auto* turn = nearest_turn(heard))
      return {turn->reply, turn->ends, turn->end_reason};
    const auto text = " " + joined(heard) + " ";
    for (const auto& answer : script_->answers)
      for (const auto& keyword : answer.keywords)
        if (text.find(" " + keyword + " ") != std::string::npos)
          return {answer.reply, answer.ends, answer.end_reason};
    return {script_->otherwise, false, {}};
  }

private:
  /// How near what was heard is to one way of saying a turn: neither words
  /// left out nor words on top of it come cheap.
  static double nearness(const word_list& way, const word_list& heard) {
    return std::min(word_overlap(way, heard), word_overlap(heard, way));
  }

  const script_turn* nearest_turn(const word_list& heard) const {
    const script_turn* nearest = nullptr;
    double best = near_enough;
    for (const auto& turn : script_->turns)
      for (const auto& way : turn.ways)
        if (const auto score = nearness(spoken_words(way), heard);
            score > best || (nearest == nullptr && score == best)) {
          best = score;
          nearest = &turn;
        }
    return nearest;
  }

  std::shared_ptr<const talk_script> script_;
};

} // namespace

std::unique_ptr<runner_brain> make_echo_brain() {
  return std::make_unique<echo_brain>();
}

std::unique_ptr<runner_brain> make_script_brain(std::shared_ptr<const talk_script> script) {
  return std::make_unique<script_brain>(std::move(script));
}

} // namespace unpod
