import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';

/** Offsets in a DNS message's header, and the bits set in an answer to a name that does not exist (RFC 1035, 4.1.1). */
const FLAGS = 2;
const ANSWER = 0x80;
const NO_SUCH_NAME = 0x83;

/**
 * Answers that no name exists, for containers whose network leads nowhere: without an answer gRPC waits for each
 * look-up's time-out. The names of the containers are answered by Docker.
 */
export async function startNameResponder(): Promise<Socket> {
  const socket = createSocket('udp4');
  socket.on('message', (question, { port, address }) => {
    const answer = Buffer.from(question);
    answer[FLAGS] = (answer[FLAGS] ?? 0) | ANSWER;
    answer[FLAGS + 1] = NO_SUCH_NAME;
    socket.send(answer, port, address);
  });
  socket.bind(53, '127.0.0.1');
  await once(socket, 'listening');
  return socket;
}
