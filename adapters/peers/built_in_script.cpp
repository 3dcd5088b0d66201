// The conversation of `unpod demo`. Callers' phrases have no pause in them and
// only words of the CMU dictionary; some decoys differ in one word on purpose.
#include "adapters/peers/script.hpp"

namespace unpod {

std::string_view built_in_script() {
  return R"(title: A table for two
greeting: Good evening, this is the harbor kitchen. How can I help you?

caller: I would like to book a table for two
  or: do you have a table for two tonight
  or: could you find me a table for two
agent: With pleasure. We have a table by the window at seven, and another one in the garden at half past eight, in case you prefer to sit outside.

caller: seven by the window sounds wonderful
  or: the window table at seven is perfect
  or: I will take the one by the window
  when: barge-in after 2600 ms
agent: Lovely. The table by the window is yours at seven. Is there anything else I can do for you?

caller: no thank you that is all
  or: that is everything thank you
  or: nothing else thank you very much
agent: Thank you for calling. We look forward to seeing you tonight.
end: goodbye

otherwise: Sorry, I did not get that. Could you say it again?

decoy: I would like to book a table for ten
decoy: I would like to cancel a table for two
decoy: do you have a parking lot nearby
decoy: could you find me a taxi
decoy: the garden table at eight is perfect
decoy: I will take the one in the garden
decoy: nine in the garden sounds terrible
decoy: no that is all wrong
decoy: nothing works around here
decoy: what time do you close tonight
decoy: can I bring my dog
decoy: do you have dishes without meat
decoy: how much is the lunch menu
decoy: may I speak to the manager
decoy: do you take credit cards
decoy: is the kitchen open on sunday
decoy: I left my umbrella at your place
decoy: we are running ten minutes late
decoy: please call me back later
decoy: is there a menu for children
decoy: what is the soup of the day
decoy: can you repeat that please
decoy: sorry I have the wrong number
decoy: two tickets for the opera
decoy: my flight leaves at noon
)";
}

} // namespace unpod
