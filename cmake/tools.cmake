# Faster builds where the machine has the tools: ccache keeps compiled objects, mold links.
find_program(OOE_CCACHE ccache)
if(OOE_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER "${OOE_CCACHE}")
endif()
find_program(OOE_MOLD mold)
if(OOE_MOLD)
  add_link_options(-fuse-ld=mold)
endif()
