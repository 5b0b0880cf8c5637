import { SMTPServer } from 'smtp-server';

/** A mail server on loopback that counts what it receives and keeps nothing. */
export class MailSink {
  /** Mails received so far. */
  received = 0;
  private readonly server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData: (stream, _session, done) => {
      stream.resume().once('end', () => {
        this.received += 1;
        done();
      });
    },
  });

  async listen(port: number): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(port, '127.0.0.1', resolve);
    });
    this.server.removeAllListeners('error');
    // A client that is killed drops its connection; the counts show what was lost.
    this.server.on('error', () => {});
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }
}
