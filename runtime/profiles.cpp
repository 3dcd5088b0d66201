#include "runtime/profiles.hpp"

#include "adapters/speech/embedded_stt.hpp"
#include "runtime/profile_reader.hpp"
#include "runtime/profiles_toml.hpp"
#include "runtime/speech_access.hpp"
#include "runtime/toml_text.hpp"

#include <toml++/toml.h>

#include <algorithm>
#include <cstddef>
#include <map>
#include <utility>

namespace unpod {

namespace {

bool has_adapter(const provider_ground& ground, const std::string& provider) {
  return std::find(ground.adapters.begin(), ground.adapters.end(), provider)
         != ground.adapters.end();
}

/// What this node lacks for a provider to hear or to speak; nothing for one that can.
std::vector<std::string> lacks_for(const provider_ground& ground, const std::string& provider,
                                   bool hearing) {
  std::vector<std::string> lacks;
  const auto* kind = kind_of(provider);
  const bool is_region = provider.find('@') != std::string::npos;
  if (kind && !kind->key.empty() && !ground.has_key(is_region ? provider : kind->key))
    lacks.push_back(kind->key);
  if (!has_adapter(ground, provider))
    lacks.push_back("an adapter for " + provider);
  else if (kind && !(hearing ? static_cast<bool>(kind->hears) : static_cast<bool>(kind->speaks)))
    lacks.push_back((hearing ? "a recogniser of " : "a voice of ") + provider);
  return lacks;
}

/// Those of the choices that can be used, else all; and what the others lack.
std::vector<std::string> usable(const std::vector<provider_choice>& choices,
                                const provider_ground& ground, bool hearing,
                                std::vector<std::string>& lacks, bool& any) {
  std::vector<std::string> good, all;
  for (const auto& choice : choices) {
    all.push_back(choice.provider);
    const auto wanted = lacks_for(ground, choice.provider, hearing);
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
  profile.stt = usable(profile.hearers, ground, true, lacks, heard);
  profile.tts = usable(profile.speakers, ground, false, lacks, spoken);
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

profile_list parse_profiles(const std::string& text, const std::string& name,
                            const provider_ground& ground, std::string& why) {
  profile_mistakes mistakes;
  std::vector<written_profile> written;
  const auto knows = [&](const std::string& provider) {
    return kind_of(provider) != nullptr || has_adapter(ground, provider);
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
  // Whether a provider can be used is no mistake of the file.
  const provider_ground ground{{embedded_provider_name}, [](const std::string&) { return false; }};
  std::string why;
  load_profiles(file, ground, why);
  return why;
}

} // namespace unpod
