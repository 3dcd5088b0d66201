// Connections that stand by for voices: how many, for how long, and who gets them. Without
// sockets; the looks of the watch are turned by the test.
#define BOOST_TEST_MODULE standby
#include <boost/test/unit_test.hpp>

#include "adapters/speech/standby_pool.hpp"
#include "tests/adapters/runner/fake_channel.hpp"

#include <deque>

using namespace unpod;
using namespace std::chrono_literals;
using fixtures::fake_channel;

// -- the plan -----------------------------------------------------------------

BOOST_AUTO_TEST_CASE(one_stands_by_for_sixteen_calls_and_four_for_any_number) {
  const standby_plan plan{standby_limits{}};
  BOOST_TEST(plan.wanted(0) == 0u);
  BOOST_TEST(plan.wanted(1) == 1u);
  BOOST_TEST(plan.wanted(16) == 1u);
  BOOST_TEST(plan.wanted(17) == 2u);
  BOOST_TEST(plan.wanted(1'000) == 4u);
}

BOOST_AUTO_TEST_CASE(there_is_a_rest_between_two_dials) {
  standby_plan plan{standby_limits{}};
  const mono_time begin{10s};
  BOOST_TEST(plan.may_dial(begin));
  plan.dials(begin);
  BOOST_TEST(!plan.may_dial(begin + 499ms));
  BOOST_TEST(plan.may_dial(begin + 500ms));
}

BOOST_AUTO_TEST_CASE(refusals_make_it_wait_longer_each_time_up_to_a_minute) {
  standby_plan plan{standby_limits{}};
  mono_time now{10s};
  for (const auto rest : {1s, 2s, 4s, 8s, 16s, 32s, 60s, 60s}) {
    plan.refused(now);
    BOOST_TEST(!plan.may_dial(now + rest - 1ms));
    now += rest;
    BOOST_TEST(plan.may_dial(now));
  }
}

BOOST_AUTO_TEST_CASE(what_is_closed_as_soon_as_it_is_open_was_refused) {
  standby_plan plan{standby_limits{}};
  const mono_time begin{10s};
  plan.lost(begin, begin + 1s);
  BOOST_TEST(!plan.may_dial(begin + 1s));
  plan.lost(begin + 2s, begin + 3s);
  BOOST_TEST(!plan.may_dial(begin + 4s));
  BOOST_TEST(plan.may_dial(begin + 5s));
  plan.lost(begin + 5s, begin + 15s); // that one was good, so nothing is held against the next
  BOOST_TEST(plan.may_dial(begin + 15s));
  plan.refused(begin + 15s);
  BOOST_TEST(plan.may_dial(begin + 16s));
}

BOOST_AUTO_TEST_CASE(no_connection_gets_as_old_as_its_provider_allows) {
  const standby_plan plan{standby_limits{}};
  BOOST_TEST(!plan.is_old(mono_time{5s}, mono_time{124s}));
  BOOST_TEST(plan.is_old(mono_time{5s}, mono_time{125s}));
}

// -- seats --------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_spare_seat_leaves_a_quarter_and_one_at_least) {
  const auto one = std::make_shared<stream_seats>(1);
  BOOST_TEST(!one->take_spare());
  const auto two = std::make_shared<stream_seats>(2);
  const auto spare = two->take_spare();
  BOOST_TEST(!!spare);
  BOOST_TEST(!two->take_spare());
  BOOST_TEST(!!two->take());
  const auto twenty = std::make_shared<stream_seats>(20);
  std::vector<stream_seats::seat> taken;
  while (auto seat = twenty->take_spare())
    taken.push_back(std::move(seat));
  BOOST_TEST(taken.size() == 15u);
  const auto any = std::make_shared<stream_seats>(0);
  for (int i = 0; i < 100; ++i)
    taken.push_back(any->take_spare());
  BOOST_TEST(std::all_of(taken.begin(), taken.end(), [](const auto& seat) { return !!seat; }));
}

// -- the pool -----------------------------------------------------------------

namespace {

/// Says "x" when it fails, and "alive" each second to keep its connection.
struct one_letter : tts_codec {
  wire_dial dial() const override {
    return {"ws://nowhere", {}};
  }
  std::uint32_t rate_hz() const override {
    return 8'000;
  }
  wire_frames opening() override {
    return {};
  }
  wire_frames speak(piece_serial, const std::string&) override {
    return {};
  }
  wire_frames cancel(piece_serial) override {
    return {};
  }
  wire_frames keep_alive() override {
    return {{true, "alive"}};
  }
  std::chrono::milliseconds keep_alive_every() const override {
    return every;
  }
  void take(bool, std::string_view bytes, tts_sink& sink) override {
    if (bytes == "x")
      sink.failed("it says so");
  }
  std::chrono::milliseconds every{0};
};

struct pool_stage {
  struct dial {
    dial_options to;
    dial_callback done;
  };
  std::deque<dial> dials; // that are under way
  std::size_t dialled = 0;
  std::deque<std::function<void()>> due;
  std::shared_ptr<wire_watch> watch =
    std::make_shared<wire_watch>([this](std::chrono::milliseconds, std::function<void()> work) {
      due.push_back(std::move(work));
    });
  standby_limits bounds;
  std::shared_ptr<standby_pool> pool;
  std::shared_ptr<stream_seats> seats;
  std::chrono::milliseconds keep_alive_every{0};

  pool_stage() {
    bounds.dial_rest = bounds.linger = 0ms; // so that each look may dial, or hang up
  }

  void open() {
    pool = std::make_shared<standby_pool>(
      [this](dial_options to, dial_callback done) {
        ++dialled;
        dials.push_back({std::move(to), std::move(done)});
      },
      watch, bounds);
    if (seats)
      seats->ask_when_full([this] { return pool->give_back(*seats); });
  }

  static dial_options to(const std::string& key = "k", const std::string& path = "/speak") {
    dial_options made;
    made.url = "wss://voice.example" + path;
    made.headers = {{"Authorization", key}};
    return made;
  }

  std::shared_ptr<void> want(const dial_options& where = to()) {
    auto codec = std::make_unique<one_letter>();
    codec->every = keep_alive_every;
    return pool->want({"voice", where, std::move(codec), seats});
  }

  /// The first dial under way comes to this.
  std::shared_ptr<fake_channel> answer(bool well = true) {
    const auto one = std::move(dials.front());
    dials.pop_front();
    auto channel = well ? std::make_shared<fake_channel>() : nullptr;
    one.done(channel, well ? "" : "the server answered HTTP 429");
    return channel;
  }

  void look() {
    const auto work = std::move(due.front());
    due.pop_front();
    work();
  }

  std::size_t standing() const {
    const auto all = pool->standing();
    const auto found = all.find("voice");
    return found == all.end() ? 0 : found->second;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(standbys, pool_stage)

BOOST_AUTO_TEST_CASE(a_token_has_one_dialled_and_the_last_one_gone_closes_it) {
  open();
  auto token = want(), another = want();
  BOOST_TEST(dialled == 1u);
  const auto channel = answer();
  BOOST_TEST(channel->started); // a peer that hangs up is heard
  BOOST_TEST(standing() == 1u);
  token.reset();
  look();
  BOOST_TEST(!channel->closed.has_value());
  another.reset();
  look();
  BOOST_TEST(channel->code() == close_code::normal);
  BOOST_TEST(standing() == 0u);
  look();
  BOOST_TEST(due.empty()); // and nobody looks any more
  const auto later = want();
  BOOST_TEST(dialled == 2u);
  BOOST_TEST(due.size() == 1u);
}

BOOST_AUTO_TEST_CASE(who_lets_go_of_a_token_may_take_the_connection_yet) {
  bounds.linger = 1h;
  open();
  auto token = want();
  answer();
  token.reset();
  look();
  BOOST_TEST(standing() == 1u);
  BOOST_TEST(!!pool->take(to()).channel);
  look();
  BOOST_TEST(dialled == 1u); // nobody wants another
}

BOOST_AUTO_TEST_CASE(what_is_open_is_handed_out_once_and_dialled_again) {
  open();
  const auto token = want();
  BOOST_TEST(!pool->take(to()).channel); // still dialling
  const auto channel = answer();
  const auto taken = pool->take(to());
  BOOST_REQUIRE(!!taken.channel);
  BOOST_TEST(!pool->take(to()).channel);
  std::vector<std::string> heard;
  channel_handler handler;
  handler.on_text = [&](std::string_view text) { heard.emplace_back(text); };
  handler.on_closed = [&](std::uint16_t code, const std::string&) {
    heard.push_back(std::to_string(code));
  };
  taken.channel->start(std::move(handler));
  taken.channel->send_text("speak");
  BOOST_TEST(channel->sent.back() == "speak");
  channel->say("x"); // not the pool's business any more
  channel->end(1'011);
  BOOST_TEST(heard == (std::vector<std::string>{"x", "1011"}), boost::test_tools::per_element());
  look();
  BOOST_TEST(dialled == 2u);
}

BOOST_AUTO_TEST_CASE(another_key_or_address_is_another_connection) {
  open();
  const auto token = want();
  answer();
  BOOST_TEST(!pool->take(to("other")).channel);
  BOOST_TEST(!pool->take(to("k", "/other")).channel);
  auto through_proxy = to();
  through_proxy.proxy = "http://proxy:3128";
  BOOST_TEST(!pool->take(through_proxy).channel);
  BOOST_TEST(!!pool->take(to()).channel);
}

BOOST_AUTO_TEST_CASE(one_that_has_died_is_not_handed_out) {
  open();
  const auto token = want();
  answer()->end(1'006);
  BOOST_TEST(standing() == 0u);
  BOOST_TEST(!pool->take(to()).channel);
  look(); // it lived too short for another one at once
  BOOST_TEST(dialled == 1u);
}

BOOST_AUTO_TEST_CASE(one_that_dies_before_it_is_listened_to_tells_its_taker) {
  open();
  const auto token = want();
  const auto channel = answer();
  const auto taken = pool->take(to());
  channel->end(1'001, "going");
  std::uint16_t code = 0;
  channel_handler handler;
  handler.on_closed = [&](std::uint16_t with, const std::string&) { code = with; };
  taken.channel->start(std::move(handler));
  BOOST_TEST(code == 1'001);
  taken.channel->send_text("nobody"); // harmless
  taken.channel->close(close_code::normal, "");
}

BOOST_AUTO_TEST_CASE(one_that_says_it_failed_or_says_too_much_is_hung_up_on) {
  bounds.refused_rest = 0ms;
  bounds.idle_messages_max = 3;
  open();
  const auto token = want();
  const auto failing = answer();
  failing->say("hello");
  BOOST_TEST(standing() == 1u);
  failing->say("x");
  BOOST_TEST(standing() == 0u);
  BOOST_TEST(failing->closed.has_value());
  look();
  const auto chatty = answer();
  for (int n = 0; n < 3; ++n)
    chatty->say_binary("hello");
  BOOST_TEST(standing() == 1u);
  chatty->say_binary("hello");
  BOOST_TEST(standing() == 0u);
  BOOST_TEST(chatty->closed.has_value());
  chatty->say("hello"); // late, and of no consequence
}

BOOST_AUTO_TEST_CASE(where_a_call_has_found_one_mute_all_are_closed_and_others_dialled) {
  open();
  std::vector<std::shared_ptr<void>> tokens;
  for (int n = 0; n < 40; ++n)
    tokens.push_back(want());
  look();
  const auto first = answer(), second = answer();
  BOOST_TEST(dialled == 3u);
  pool->distrust(to("another"));
  BOOST_TEST(standing() == 2u);
  pool->distrust(to());
  BOOST_TEST((first->closed.has_value() && second->closed.has_value()));
  BOOST_TEST(!answer()->closed.has_value()); // it is younger
  look();
  BOOST_TEST(dialled == 4u);
}

BOOST_AUTO_TEST_CASE(refused_ones_are_not_dialled_at_each_look) {
  open();
  const auto token = want();
  answer(false);
  for (int n = 0; n < 5; ++n)
    look();
  BOOST_TEST(dialled == 1u);
  const auto another_call = want(); // nor by a call that begins
  BOOST_TEST(dialled == 1u);
}

BOOST_AUTO_TEST_CASE(an_old_one_is_replaced) {
  bounds.life = 0s;
  bounds.proven_after = 0s;
  open();
  const auto token = want();
  const auto first = answer();
  BOOST_TEST(!pool->take(to()).channel);
  look();
  BOOST_TEST(first->code() == close_code::normal);
  BOOST_TEST(dialled == 2u);
}

BOOST_AUTO_TEST_CASE(idle_ones_are_kept_alive_as_their_protocol_wants_it) {
  keep_alive_every = 1ms;
  open();
  const auto token = want();
  const auto channel = answer();
  const auto until = mono_now() + 30s; // only fails
  while (channel->sent.empty() && mono_now() < until)
    look();
  BOOST_TEST(channel->sent.front() == "alive");
}

BOOST_AUTO_TEST_CASE(many_calls_have_more_but_no_more_than_the_most) {
  open();
  std::vector<std::shared_ptr<void>> tokens;
  for (int n = 0; n < 200; ++n)
    tokens.push_back(want());
  for (int n = 0; n < 8; ++n)
    look();
  while (!dials.empty())
    answer();
  BOOST_TEST(standing() == bounds.each_max);
  tokens.resize(1);
  look();
  BOOST_TEST(standing() == 1u);
}

BOOST_AUTO_TEST_CASE(a_node_has_so_many_and_no_more) {
  bounds.node_max = 2;
  open();
  std::vector<std::shared_ptr<void>> tokens;
  for (const auto* path : {"/1", "/2", "/3"})
    tokens.push_back(want(to("k", path)));
  BOOST_TEST(dialled == 2u);
  answer();
  answer(false);
  look();
  BOOST_TEST(dialled == 3u); // what one gave up another has
}

BOOST_AUTO_TEST_CASE(a_dial_that_nobody_waits_for_any_more_is_hung_up) {
  open();
  auto token = want();
  token.reset();
  look();
  BOOST_TEST(answer()->code() == close_code::normal);
}

BOOST_AUTO_TEST_CASE(it_leaves_seats_to_calls_and_gives_its_own_to_one_that_finds_none) {
  seats = std::make_shared<stream_seats>(2);
  open();
  std::vector<std::shared_ptr<void>> tokens;
  for (int n = 0; n < 40; ++n)
    tokens.push_back(want());
  look();
  BOOST_TEST(dialled == 1u); // the other seat is for a call
  const auto channel = answer();
  const auto first = seats->take();
  BOOST_TEST(!!first);
  BOOST_TEST(!channel->closed.has_value());
  const auto second = seats->take();
  BOOST_TEST(!!second);
  BOOST_TEST(channel->closed.has_value());
  BOOST_TEST(!seats->take());
  look();
  BOOST_TEST(dialled == 1u);
}

BOOST_AUTO_TEST_CASE(a_seat_is_given_back_by_one_that_is_still_dialled_too) {
  seats = std::make_shared<stream_seats>(2);
  open();
  const auto token = want();
  const auto first = seats->take(), second = seats->take();
  BOOST_TEST((first && second));
  BOOST_TEST(answer()->closed.has_value());
}

BOOST_AUTO_TEST_CASE(who_takes_a_connection_has_its_seat) {
  seats = std::make_shared<stream_seats>(2);
  open();
  const auto token = want();
  answer();
  auto taken = pool->take(to());
  BOOST_TEST(!!taken.seat);
  const auto other = seats->take();
  BOOST_TEST(!!other);
  BOOST_TEST(!seats->take());
  taken = {};
  BOOST_TEST(!!seats->take());
}

BOOST_AUTO_TEST_SUITE_END()
