/** The servers can not be started here; the message says in one line what is missing. */
export class ServicesUnavailable extends Error {
  override readonly name: string = 'ServicesUnavailable';
}
