#include "cli/prompt_template.h"

#include "base/file.h"
#include "cli/toml_reader.h"

namespace ooe::cli {
namespace {

constexpr std::size_t kTemplateBytesMax = std::size_t{1} << 20U;

}  // namespace

Result<interview::PromptTemplate> parse_prompt_template(std::string_view toml,
                                                        std::string_view name) {
  auto table = TomlTable::parse(toml, name);
  if (!table) return fail(table.error());
  interview::PromptTemplate form;
  table->read("name", form.name);
  if (form.name.empty()) table->reject("name", "is missing; answers are kept under it");
  table->read("system", form.system);
  table->read("user", form.user);
  table->read("shot", form.shot);
  table->finish();
  if (table->error()) return fail(*table->error());
  return form;
}

Result<interview::PromptTemplate> load_prompt_template(const std::string& path) {
  const auto text = read_file(path, kTemplateBytesMax);
  if (!text) return fail(text.error());
  return parse_prompt_template(*text, path);
}

}  // namespace ooe::cli
