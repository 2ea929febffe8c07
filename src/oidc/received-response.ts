/**
 * An answer that was received, checked and parsed already, in the shape that openid-client asks for. The body is text
 * or an object at hand, so no stream is made and nothing is parsed twice.
 */
export class ReceivedResponse extends Response {
  override readonly json: () => Promise<unknown>;
  override readonly text: () => Promise<string>;

  constructor(contentType: string, content: string | object) {
    super(null, { status: 200, headers: { 'content-type': contentType } });
    const isText = typeof content === 'string';
    this.json = async (): Promise<unknown> => (isText ? JSON.parse(content) : content);
    this.text = async () => (isText ? content : JSON.stringify(content));
  }
}
