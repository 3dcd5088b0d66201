// The key ring: who is let in as whom, for how long that is remembered, and that a key
// which is revoked is none from then on.
#define BOOST_TEST_MODULE keys
#include <boost/test/unit_test.hpp>

#include "runtime/keys.hpp"
#include "storage/hash.hpp"
#include "tests/fixtures/fake_store.hpp"

#include <set>

using namespace unpod;

namespace {

/// Counts how often anybody looks a key up.
class counted_reader : public store_reader {
public:
  explicit counted_reader(store_reader_ptr from) : from_(std::move(from)) {}
  std::optional<stored> find(table where, const std::string& key) const override {
    looked_up += where == table::keys;
    auto found = from_->find(where, key);
    if (where == table::keys && between)
      between();
    return found;
  }
  std::vector<stored> list(table where, const list_query& query) const override {
    return from_->list(where, query);
  }

  mutable int looked_up = 0;
  std::function<void()> between; // after the key was read, before it is remembered

private:
  store_reader_ptr from_;
};

struct ring_fixture {
  std::shared_ptr<fixtures::fake_records> records = std::make_shared<fixtures::fake_records>();
  std::shared_ptr<counted_reader> reader = std::make_shared<counted_reader>(records);
  wall_ms now = 1'700'000'000'000;
  std::vector<store_change> noted;
  std::unique_ptr<key_ring> ring = make(false);
  std::string text;
  key_record record;

  ring_fixture() {
    records->put(project_record{"PRJ_1", "ORG_1", "one", 1, 1});
    add("read call");
  }

  std::unique_ptr<key_ring> make(bool dev) {
    key_ring_setup with;
    with.reader = reader;
    with.dev = dev;
    with.note = [this](store_change change) { noted.push_back(std::move(change)); };
    with.clock = [this] { return now; };
    return std::make_unique<key_ring>(std::move(with));
  }

  void add(const std::string& scopes) {
    auto made = mint_key(now);
    made.record.org = "ORG_1";
    made.record.project = "PRJ_1";
    made.record.scopes = scopes;
    records->put(made.record);
    text = made.text.reveal();
    record = made.record;
  }

  void revoke() {
    record.status = "revoked";
    records->put(record);
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(ring, ring_fixture)

BOOST_AUTO_TEST_CASE(a_key_is_known_with_all_it_may) {
  const auto caller = ring->check(text);
  BOOST_REQUIRE(caller);
  BOOST_TEST(caller->key == record.id);
  BOOST_TEST(caller->org == "ORG_1");
  BOOST_TEST(caller->project == "PRJ_1");
  BOOST_TEST(caller->scopes == "read call");
  BOOST_TEST(!caller->node_admin);
  BOOST_TEST(!caller->any_handle);
}

BOOST_AUTO_TEST_CASE(what_is_not_quite_it_is_nobody) {
  BOOST_TEST(ring->check(text).has_value()); // remembered now
  for (const auto& bad :
       {std::string{}, std::string{"sk_"}, text + "x", text.substr(0, text.size() - 1),
        "sk_" + record.id + "_", "sk_" + record.id, record.id, std::string{dev_api_key},
        "sk_other_" + text.substr(text.rfind('_') + 1), std::string(5'000, 'a')}) {
    BOOST_TEST(!ring->check(bad).has_value(), bad);
    BOOST_TEST(!ring->remembers(bad), bad);
  }
}

BOOST_AUTO_TEST_CASE(a_key_is_looked_up_once_a_minute_and_noted_once_a_minute) {
  for (int i = 0; i < 100; ++i)
    BOOST_TEST(ring->check(text).has_value());
  BOOST_TEST(reader->looked_up == 1);
  BOOST_TEST(ring->remembers(text));
  BOOST_REQUIRE_EQUAL(noted.size(), 1u);
  const auto& used = std::get<key_record>(noted[0].record);
  BOOST_TEST(used.last_used == now / 60'000 * 60'000);
  BOOST_TEST(std::get<key_record>(*noted[0].before).last_used == 0);
  records->put(used);
  now += 60'000;
  for (int i = 0; i < 100; ++i)
    BOOST_TEST(ring->check(text).has_value());
  BOOST_TEST(reader->looked_up == 2);
  BOOST_TEST(noted.size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_note_that_never_arrives_is_not_made_again_at_every_request) {
  for (int i = 0; i < 100; ++i)
    ring->check(text); // nothing of it is ever written
  BOOST_TEST(noted.size() == 1u);
  now -= 120'000; // a clock that is put back does no harm
  BOOST_TEST(ring->check(text).has_value());
  BOOST_TEST(noted.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_revoked_key_is_refused_at_once) {
  BOOST_TEST(ring->check(text).has_value());
  revoke();
  ring->forget();
  BOOST_TEST(!ring->check(text).has_value());
  BOOST_TEST(!ring->remembers(text));
}

BOOST_AUTO_TEST_CASE(runners_go_on_while_their_key_is_good) {
  BOOST_TEST(!ring->may_run(record.id)); // reads and calls only
  add("runner");
  BOOST_TEST(ring->may_run(record.id));
  revoke();
  BOOST_TEST(!ring->may_run(record.id));
  BOOST_TEST(!ring->may_run("dev"));
  BOOST_TEST(make(true)->may_run("dev"));
}

BOOST_AUTO_TEST_CASE(a_key_read_while_it_is_revoked_is_not_remembered) {
  reader->between = [this] {
    revoke();
    ring->forget();
  };
  ring->check(text); // was read as active: this one request is still before the change
  reader->between = {};
  BOOST_TEST(!ring->remembers(text));
  BOOST_TEST(!ring->check(text).has_value());
}

BOOST_AUTO_TEST_CASE(a_key_whose_project_is_gone_is_none) {
  records->erase(project_record{"PRJ_1", "ORG_1", "one", 1, 1});
  BOOST_TEST(!ring->check(text).has_value());
}

BOOST_AUTO_TEST_CASE(the_memory_is_bounded) {
  std::vector<std::string> all;
  for (std::size_t i = 0; i < remembered_keys_max + 10; ++i) {
    add("");
    all.push_back(text);
    BOOST_TEST(ring->check(text).has_value());
  }
  std::size_t remembered = 0;
  for (const auto& one : all)
    remembered += ring->remembers(one);
  BOOST_TEST(remembered <= remembered_keys_max);
  BOOST_TEST(remembered > 0u);
}

BOOST_AUTO_TEST_CASE(the_key_of_dev_works_only_with_dev) {
  BOOST_TEST(!ring->check(dev_api_key).has_value());
  const auto caller = make(true)->check(dev_api_key);
  BOOST_REQUIRE(caller);
  BOOST_TEST(caller->node_admin);
  BOOST_TEST(caller->any_handle);
  BOOST_TEST(caller->org == default_org);
  BOOST_TEST(noted.empty());
}

BOOST_AUTO_TEST_CASE(a_store_lacks_the_default_accounts_once) {
  const auto missing = missing_accounts(*records, 7);
  BOOST_REQUIRE_EQUAL(missing.size(), 2u);
  for (const auto& change : missing) {
    BOOST_TEST((change.op == store_change::what::create));
    records->put(change.record);
  }
  BOOST_TEST(missing_accounts(*records, 8).empty());
  BOOST_TEST(find<project_record>(*records, table::projects, default_project)->org == default_org);
}

BOOST_AUTO_TEST_CASE(no_two_keys_are_alike) {
  std::set<std::string> ids, texts;
  for (int i = 0; i < 100; ++i) {
    const auto made = mint_key(1);
    ids.insert(made.record.id);
    texts.insert(made.text.reveal());
    BOOST_TEST(made.text.reveal().find(made.record.hash) == std::string::npos);
  }
  BOOST_TEST(ids.size() == 100u);
  BOOST_TEST(texts.size() == 100u);
}

BOOST_AUTO_TEST_SUITE_END()
