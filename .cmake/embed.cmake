# Writes a text file into a header as the C++ string NAME:
# cmake -D FROM=web/page.html -D TO=page.hpp -D NAME=page -P embed.cmake
file(READ "${FROM}" text)
get_filename_component(file "${FROM}" NAME)
file(WRITE "${TO}" "// ${file}, embedded.\n#pragma once\n\n\
inline constexpr const char ${NAME}[] = R\"~embedded~(${text})~embedded~\";\n")
