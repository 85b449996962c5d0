import { IncomingMessage } from 'node:http';
import express from 'express';
import { requestText } from './scenario.ts';
import type { Scenario, ScenarioDeps } from './scenario.ts';

/** Listeners for the events of Node's server, some of which answer without Express. */
export function events({ make }: ScenarioDeps): Scenario {
  const app = express();
  app.all('/x', express.text(), (request, response) => void response.send(`x ${typeof request.ip} ${String(request.body)}`));
  app.get('/slow', () => undefined);
  const server = make(app);
  server.on('checkContinue', (request, response) => {
    response.writeContinue();
    response.setHeader('X-Continue', '1');
    app(request, response);
  });
  server.on('checkExpectation', (_request, response) => {
    response.statusCode = 417;
    response.end('unexpected');
  });
  server.on('upgrade', (request, socket, head) => {
    socket.end(`HTTP/1.1 101 Up\r\nX: ${request.url ?? ''} ${String(request instanceof IncomingMessage)} ${head.length}\r\n\r\n`);
  });
  server.on('connect', (request, socket) => void socket.end(`HTTP/1.1 200 Connected\r\nX: ${request.url ?? ''}\r\n\r\n`));
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => void socket.end(`HTTP/1.1 400 ${error.code ?? ''}\r\n\r\n`));
  server.setTimeout(300, (socket) => void socket.end('HTTP/1.1 408 Late\r\n\r\n'));
  return {
    server,
    requests: [
      requestText('POST', '/x', { 'Content-Type': 'text/plain', 'Expect': '100-continue' }, 'hi'),
      requestText('GET', '/x', { Expect: 'other' }), requestText('GET', '/up', { Connection: 'Upgrade', Upgrade: 'thing' }),
      requestText('CONNECT', 'h:1'), 'BAD\r\n\r\n', requestText('GET', '/slow'), requestText('GET', '/x'),
    ],
  };
}
