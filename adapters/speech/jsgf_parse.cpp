// The parser of our JSGF subset: characters to tokens to a tree.
#include "adapters/speech/jsgf_tree.hpp"

#include <algorithm>
#include <utility>

namespace unpod::jsgf {

namespace {

constexpr std::string_view marks = ";=|*+<>()[]{}/\\\"";

struct token {
  enum class kind { end, word, mark };

  kind what = kind::end;
  std::string text;
  std::size_t line = 1;

  bool is(char mark) const {
    return what == kind::mark && text[0] == mark;
  }
};

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/// What the dictionary's words are written with; no other byte reaches the C library.
bool is_word_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '\''
         || c == '.' || c == '-' || c == '_';
}

/// For an error text: no longer than a line.
std::string shown(const std::string& text) {
  constexpr std::size_t shown_max = 40;
  return "'" + text.substr(0, shown_max) + (text.size() > shown_max ? "...'" : "'");
}

class lexer {
public:
  explicit lexer(std::string_view text) : text_(text) {
    skip_header();
    next();
  }

  const token& now() const {
    return now_;
  }

  token take() {
    token taken = std::move(now_);
    next();
    return taken;
  }

private:
  /// "#JSGF V1.0 UTF-8 en;", when it is there. A byte order mark before it is passed over.
  void skip_header() {
    if (text_.substr(0, 3) == "\xef\xbb\xbf")
      at_ = 3;
    skip_blanks();
    if (text_.substr(at_, 5) != "#JSGF")
      return;
    const auto end = text_.find(';', at_);
    if (end == std::string_view::npos
        || text_.substr(at_, end - at_).find('\n') != std::string_view::npos)
      throw grammar_trouble{line_, "the header has no ';' on its line"};
    at_ = end + 1;
  }

  void skip_blanks() {
    for (; at_ < text_.size() && is_blank(text_[at_]); ++at_)
      line_ += text_[at_] == '\n';
  }

  bool skip_comment() {
    const auto two = text_.substr(at_, 2);
    if (two != "//" && two != "/*")
      return false;
    const auto end = two == "//" ? text_.find('\n', at_) : text_.find("*/", at_ + 2);
    if (end == std::string_view::npos && two == "/*")
      throw grammar_trouble{line_, "a comment does not end"};
    const auto stop = end == std::string_view::npos ? text_.size() : two == "/*" ? end + 2 : end;
    line_ +=
      static_cast<std::size_t>(std::count(text_.begin() + static_cast<std::ptrdiff_t>(at_),
                                          text_.begin() + static_cast<std::ptrdiff_t>(stop), '\n'));
    at_ = stop;
    return true;
  }

  void next() {
    do
      skip_blanks();
    while (skip_comment());
    now_ = {token::kind::end, "the end", line_};
    if (at_ >= text_.size())
      return;
    if (marks.find(text_[at_]) != std::string_view::npos) {
      now_ = {token::kind::mark, std::string(1, text_[at_++]), line_};
      return;
    }
    const auto begin = at_;
    while (at_ < text_.size() && is_word_character(text_[at_]))
      ++at_;
    if (at_ == begin)
      throw grammar_trouble{line_, "words are made of letters, digits and '.-_ only"};
    now_ = {token::kind::word, std::string{text_.substr(begin, at_ - begin)}, line_};
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
  token now_;
};

class parser {
public:
  parser(std::string_view text, const speech_limits& bounds) : lexer_(text), bounds_(bounds) {}

  grammar run() {
    if (is_word("grammar")) {
      lexer_.take();
      if (lexer_.now().what != token::kind::word)
        fail("'grammar' wants a name");
      lexer_.take();
      expect(';', "after the grammar's name");
    }
    while (lexer_.now().what != token::kind::end)
      read_rule();
    return std::move(made_);
  }

private:
  [[noreturn]] void fail(std::string what) const {
    throw grammar_trouble{lexer_.now().line, std::move(what)};
  }

  bool is_word(const char* text) const {
    return lexer_.now().what == token::kind::word && lexer_.now().text == text;
  }

  void expect(char mark, const std::string& where) {
    if (!lexer_.now().is(mark))
      fail(std::string{"expected '"} + mark + "' " + where + ", not " + shown(lexer_.now().text));
    lexer_.take();
  }

  std::string read_name() {
    expect('<', "before a rule's name");
    if (lexer_.now().what != token::kind::word)
      fail("a rule has no name");
    auto name = lexer_.take().text;
    expect('>', "after the rule's name " + shown(name));
    if (name == "NULL" || name == "VOID")
      fail("<" + name + "> is not taken here");
    return name;
  }

  void read_rule() {
    if (is_word("import"))
      fail("imports are not taken here");
    rule read;
    read.line = lexer_.now().line;
    if (is_word("public")) {
      read.is_public = true;
      lexer_.take();
    }
    if (!lexer_.now().is('<'))
      fail("expected a rule, not " + shown(lexer_.now().text));
    const auto name = read_name();
    if (made_.rules.count(name) != 0)
      fail("the rule " + shown(name) + " is there twice");
    if (made_.rules.size() >= bounds_.grammar_rules_max)
      fail("more than " + std::to_string(bounds_.grammar_rules_max) + " rules");
    expect('=', "after the rule's name " + shown(name));
    read.body = read_choice(0);
    expect(';', "at the end of the rule " + shown(name));
    made_.order.push_back(name);
    made_.rules.emplace(name, std::move(read));
  }

  node read_choice(std::size_t depth) {
    if (depth > grammar_depth_max)
      fail("groups are more than " + std::to_string(grammar_depth_max) + " deep");
    node choice{node::kind::choice, {}, lexer_.now().line, {}};
    choice.parts.push_back(read_sequence(depth));
    while (lexer_.now().is('|')) {
      lexer_.take();
      choice.parts.push_back(read_sequence(depth));
    }
    return choice.parts.size() == 1 ? node{std::move(choice.parts[0])} : choice;
  }

  node read_sequence(std::size_t depth) {
    node sequence{node::kind::sequence, {}, lexer_.now().line, {}};
    while (lexer_.now().what == token::kind::word || lexer_.now().is('<') || lexer_.now().is('(')
           || lexer_.now().is('['))
      sequence.parts.push_back(read_item(depth));
    refuse_the_rest_of_jsgf();
    if (sequence.parts.empty())
      fail("an alternative is empty");
    return sequence;
  }

  void refuse_the_rest_of_jsgf() const {
    if (lexer_.now().is('*') || lexer_.now().is('+'))
      fail("repetition ('*', '+') is not taken here: write the alternatives out");
    if (lexer_.now().is('/'))
      fail("weights are not taken here");
    if (lexer_.now().is('{'))
      fail("tags are not taken here");
    if (lexer_.now().is('"') || lexer_.now().is('\\'))
      fail("quotes are not taken here: write the words one by one");
  }

  node read_item(std::size_t depth) {
    const auto line = lexer_.now().line;
    if (lexer_.now().is('<'))
      return {node::kind::rule, read_name(), line, {}};
    if (lexer_.now().what == token::kind::word)
      return read_word();
    const bool optional = lexer_.take().text == "[";
    auto inner = read_choice(depth + 1);
    expect(optional ? ']' : ')', "at the end of a group");
    if (!optional)
      return inner;
    return {node::kind::optional, {}, line, {std::move(inner)}};
  }

  node read_word() {
    if (++made_.words > bounds_.grammar_words_max)
      fail("more than " + std::to_string(bounds_.grammar_words_max) + " words");
    auto word = lexer_.take();
    for (auto& c : word.text)
      c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    return {node::kind::word, std::move(word.text), word.line, {}};
  }

  lexer lexer_;
  const speech_limits& bounds_;
  grammar made_;
};

} // namespace

grammar parse(std::string_view text, const speech_limits& bounds) {
  return parser{text, bounds}.run();
}

} // namespace unpod::jsgf
