// Every message at once: what a system's configuration needs to register them.
#pragma once

#include "messages/accountant.hpp"
#include "messages/analyst.hpp"
#include "messages/call.hpp"
#include "messages/call_timers.hpp"
#include "messages/caller.hpp"
#include "messages/nudge.hpp"
#include "messages/orchestrator.hpp"
#include "messages/outbound.hpp"
#include "messages/pipe.hpp"
#include "messages/providers.hpp"
#include "messages/runner.hpp"
#include "messages/speech.hpp"
#include "messages/store.hpp"
#include "messages/webhooks.hpp"
