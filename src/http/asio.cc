// The bodies of Asio's functions: see BOOST_ASIO_SEPARATE_COMPILATION in
// CMakeLists.txt.
#include <boost/asio/impl/src.hpp>
#include <boost/asio/ssl/impl/src.hpp>
