import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface TcpProxy {
  readonly port: number;
  /** Breaks every connection that is open now; new ones are taken. */
  cut(): void;
  stop(): Promise<void>;
}

/** A stretch of network between a client and a server of loopback, to be cut; on a free port unless one is given. */
export async function startTcpProxy(targetPort: number, port = 0): Promise<TcpProxy> {
  const open = new Set<Socket>();
  const join = (socket: Socket, other: Socket) => {
    open.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      open.delete(socket);
      other.destroy();
    });
    socket.pipe(other);
  };
  const server = createServer((client) => {
    if (!server.listening) {
      client.destroy(); // accepted while the proxy stops: it would hold up its end
      return;
    }
    const target = connect(targetPort, '127.0.0.1');
    join(client, target);
    join(target, client);
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const cut = () => {
    for (const socket of open) socket.destroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    cut,
    async stop() {
      if (!server.listening) return;
      server.close();
      cut();
      await once(server, 'close');
    },
  };
}
