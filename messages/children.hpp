// How a parent holds a child. A dead parent leaves no child; a dead child is
// news, never a death sentence.
//
//   parent --one-way link--> child     the parent's end reaches the child
//   parent <----monitor----- child     child's exit reason arrives as down_msg
//
// Not caf::linked: that link runs both ways, and a child that dies of
// exit_reason::kill takes its parent along past any exit handler. Nor CAF's link from
// one to the other: it hands on what the parent died of, and each of the children would
// look as if it had crashed as well.
#pragma once

#include <caf/actor_addr.hpp>
#include <caf/actor_cast.hpp>
#include <caf/atom.hpp>
#include <caf/attachable.hpp>
#include <caf/default_attachable.hpp>
#include <caf/error.hpp>
#include <caf/exit_reason.hpp>
#include <caf/message.hpp>
#include <caf/message_id.hpp>
#include <caf/system_messages.hpp>

#include <memory>
#include <string>
#include <utility>

namespace unpod {

/// The link from a parent to one child; both are held weakly.
class child_link : public caf::attachable {
public:
  child_link(caf::actor_addr parent, caf::actor_addr child)
    : parent_(std::move(parent)), child_(std::move(child)) {}

  /// Whatever a parent died of, its children are let go as unreachable from above: they ended
  /// with it, of nothing themselves. Ends that were meant are handed on as they are.
  void actor_exited(const caf::error& reason, caf::execution_unit* host) override {
    const auto child = caf::actor_cast<caf::strong_actor_ptr>(child_);
    if (!child)
      return;
    const bool meant = !reason || reason.category() == caf::atom("call_end")
                       || reason == caf::exit_reason::user_shutdown
                       || reason == caf::exit_reason::normal;
    child->enqueue(
      caf::actor_cast<caf::strong_actor_ptr>(parent_), caf::make_message_id(),
      caf::make_message(caf::exit_msg{
        parent_, meant ? reason : caf::error{caf::exit_reason::remote_link_unreachable}}),
      host);
  }

  /// As CAF's own link would be found.
  bool matches(const token& what) override {
    using link = caf::default_attachable;
    if (what.subtype != token::observer)
      return false;
    const auto& wanted = *static_cast<const link::observe_token*>(what.ptr);
    return wanted.type == link::link && wanted.observer == child_;
  }

private:
  caf::actor_addr parent_, child_;
};

/// Takes in a child that was spawned for this parent by someone else's function.
template <class Self, class Handle>
Handle adopt_child(Self* self, std::string subject, Handle child) {
  self->monitor(child);
  self->attach(std::make_unique<child_link>(self->address(), child.address()));
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
