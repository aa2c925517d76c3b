// ooe dedicated export: a fine-tuning set for the own model, or for an orchestrating LLM.
#pragma once

#include "cli/command.h"

namespace ooe::cli {

void add_dedicated_export(CLI::App& dedicated, Runner& runner);

}  // namespace ooe::cli
