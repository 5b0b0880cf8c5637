import { SMTPServer } from 'smtp-server';

/** A mail server on loopback that counts what it takes and keeps nothing. */
export class MailSink {
  /** Mails taken so far. */
  taken = 0;
  private readonly server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData: (stream, _session, done) => {
      stream.resume().once('end', () => {
        this.taken += 1;
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
    // A client that is killed drops its connection; the counts say what was lost.
    this.server.on('error', () => {});
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }
}
