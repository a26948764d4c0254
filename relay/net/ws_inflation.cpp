#include "net/ws_inflation.h"

namespace relay {

/// Beast gives nobody what it inflates with. An explicit instantiation may name what is private.
template <class Stream, auto implementation>
struct Inflation {
  friend void inflate_anew(Stream& stream) {
    if (auto& deflate = (stream.*implementation)->pmd_) deflate->zi.reset();
  }
};
template struct Inflation<WsStream<TcpSocket>, &WsStream<TcpSocket>::impl_>;
template struct Inflation<WsStream<TlsStream>, &WsStream<TlsStream>::impl_>;

}  // namespace relay
