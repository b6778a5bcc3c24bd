// What the shells' completion asks the program itself, so that it knows what the help knows.
#pragma once

#include <string>
#include <vector>

namespace fanout {

// `words` are those after the program's name, up to the one being typed, which may be empty. Each
// line is a word that it may become, a tab, and what that means; the line ":files" says that a
// file may stand there too. Of a list with commas, the last part is completed.
std::string completions(const std::vector<std::string>& words);

}  // namespace fanout
