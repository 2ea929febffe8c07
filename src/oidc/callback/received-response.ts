/**
 * An answer that was received, checked and parsed already, in the shape that openid-client asks for. The body is text
 * or an object at hand, so no stream is made and nothing is parsed twice.
 *
 * No subclass: that would name `Response` when this file is loaded, for which Node loads its whole fetch.
 */
export function receivedResponse(contentType: string, content: string | object): Response {
  const isText = typeof content === 'string';
  const response = new Response(null, { status: 200, headers: { 'content-type': contentType } });
  return Object.assign(response, {
    json: async (): Promise<unknown> => (isText ? JSON.parse(content) : content),
    text: async () => (isText ? content : JSON.stringify(content)),
  });
}
