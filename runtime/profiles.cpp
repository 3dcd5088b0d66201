#include "runtime/profiles.hpp"

#include "adapters/speech/embedded_stt.hpp"
#include "runtime/profile_reader.hpp"
#include "runtime/profiles_toml.hpp"
#include "runtime/toml_text.hpp"

#include <toml++/toml.h>

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <map>
#include <utility>

namespace unpod {

namespace {

/// Which key each provider asks for; an embedded one asks for none.
const std::map<std::string, std::string>& provider_keys() {
  static const std::map<std::string, std::string> keys{
    {"assemblyai", "ASSEMBLYAI_API_KEY"}, {"cartesia", "CARTESIA_API_KEY"},
    {"deepgram", "DEEPGRAM_API_KEY"},     {"elevenlabs", "ELEVENLABS_API_KEY"},
    {"openai", "OPENAI_API_KEY"},
  };
  return keys;
}

bool has_adapter(const provider_ground& ground, const std::string& provider) {
  return std::find(ground.adapters.begin(), ground.adapters.end(), provider)
         != ground.adapters.end();
}

/// What this node lacks for a provider; nothing for one that can be used.
std::vector<std::string> lacks_for(const provider_ground& ground, const std::string& provider) {
  std::vector<std::string> lacks;
  const auto key = provider_keys().find(provider);
  if (key != provider_keys().end() && !ground.has_key(key->second))
    lacks.push_back(key->second);
  if (!has_adapter(ground, provider))
    lacks.push_back("an adapter for " + provider);
  return lacks;
}

/// Those of the choices that can be used, else all; and what the others lack.
std::vector<std::string> usable(const std::vector<provider_choice>& choices,
                                const provider_ground& ground, std::vector<std::string>& lacks,
                                bool& any) {
  std::vector<std::string> good, all;
  for (const auto& choice : choices) {
    all.push_back(choice.provider);
    const auto wanted = lacks_for(ground, choice.provider);
    if (wanted.empty())
      good.push_back(choice.provider);
    for (const auto& one : wanted)
      if (std::find(lacks.begin(), lacks.end(), one) == lacks.end())
        lacks.push_back(one);
  }
  any = !good.empty();
  return any ? good : all;
}

const provider_choice& choice_of(const std::vector<provider_choice>& choices,
                                 const std::string& provider) {
  return *std::find_if(choices.begin(), choices.end(),
                       [&](const provider_choice& one) { return one.provider == provider; });
}

/// The profile as it is on this node.
void settle(voice_profile& profile, const provider_ground& ground) {
  std::vector<std::string> lacks;
  bool heard = false, spoken = false;
  profile.stt = usable(profile.hearers, ground, lacks, heard);
  profile.tts = usable(profile.speakers, ground, lacks, spoken);
  profile.available = heard && spoken;
  profile.stt_model = choice_of(profile.hearers, profile.stt.front()).model;
  const auto& voice = choice_of(profile.speakers, profile.tts.front());
  profile.tts_model = voice.model;
  profile.voice = voice.voice;
  for (const auto& one : lacks)
    profile.missing += (profile.missing.empty() ? "" : ", ") + one;
}

/// Two profiles that answer to one name: the line of the second.
void check_names(const std::vector<written_profile>& all, profile_mistakes& mistakes) {
  std::map<std::string, std::size_t> taken;
  for (std::size_t i = 0; i < all.size(); ++i)
    for (const auto& name : {all[i].profile.id, all[i].profile.name}) {
      const auto [at, fresh] = taken.emplace(plain_name(name), i);
      if (!fresh && at->second != i)
        mistakes.note(all[i].line, "'" + name + "' is taken by the profile of line "
                                     + std::to_string(all[at->second].line));
    }
}

} // namespace

provider_ground ground_of(std::vector<std::string> adapters) {
  return {std::move(adapters), [](const std::string& variable) {
            const char* value = std::getenv(variable.c_str());
            return value && *value != '\0';
          }};
}

profile_list parse_profiles(const std::string& text, const std::string& name,
                            const provider_ground& ground, std::string& why) {
  profile_mistakes mistakes;
  std::vector<written_profile> written;
  const auto knows = [&](const std::string& provider) {
    return provider_keys().count(provider) != 0 || has_adapter(ground, provider);
  };
  try {
    if (const auto line = nameless_head(text); line > 0)
      mistakes.note(line, "'[' begins the name of a table; write [[profile]]");
    else
      written = read_profiles(toml::parse(text), knows, mistakes);
  } catch (const toml::parse_error& error) {
    mistakes.note(error.source().begin.line, std::string{error.description()});
  }
  check_names(written, mistakes);
  if (!mistakes.none()) {
    why = name + ":" + mistakes.first();
    return nullptr;
  }
  auto profiles = std::make_shared<std::vector<voice_profile>>();
  for (auto& one : written) {
    settle(one.profile, ground);
    profiles->push_back(std::move(one.profile));
  }
  std::stable_partition(profiles->begin(), profiles->end(),
                        [](const voice_profile& one) { return one.available; });
  return profiles;
}

profile_list load_profiles(const std::string& file, const provider_ground& ground,
                           std::string& why) {
  if (file.empty())
    return parse_profiles(built_in_profiles_toml, "profiles.toml", ground, why);
  std::string text;
  return read_toml_file(file, profiles_bytes_max, text, why)
           ? parse_profiles(text, file, ground, why)
           : nullptr;
}

std::string profiles_mistake(const std::string& file) {
  std::string why;
  load_profiles(file, ground_of({embedded_provider_name}), why);
  return why;
}

} // namespace unpod
