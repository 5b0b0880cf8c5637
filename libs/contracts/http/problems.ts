/** A kind of error the API can answer, as it is documented at its `type` address. */
export interface ProblemType {
  readonly status: number;
  readonly title: string;
  readonly meaning: string;
  readonly remedy: string;
}

/** Every problem type (RFC 9457), by its code. Codes are stable: a shop may branch on them. */
export const PROBLEMS = {
  invalid_request: {
    status: 400,
    title: 'The request is not valid',
    meaning: 'The body or a parameter breaks the rules of the OpenAPI document. Nothing was stored.',
    remedy: 'Correct everything that `errors` lists and send the request again.',
  },
  malformed_request: {
    status: 400,
    title: 'The request cannot be read',
    meaning: 'What arrived is not HTTP/1.1, or lacks a `Host`. Nothing was stored.',
    remedy: 'Use a well-kept HTTP client, and look at what stands between it and the service.',
  },
  malformed_body: {
    status: 400,
    title: 'The body cannot be read',
    meaning: 'The body is not JSON in UTF-8, or did not arrive whole.',
    remedy: 'Send one JSON document in UTF-8.',
  },
  sign_in_refused: {
    status: 400,
    title: 'The sign-in was refused',
    meaning:
      'The identity provider refused it, or its answer belongs to no sign-in of this browser, was used before, or came too late.',
    remedy: 'Sign in again.',
  },
  idempotency_key_missing: {
    status: 400,
    title: 'The Idempotency-Key is missing',
    meaning: 'This request must carry a key, so that sending it twice has its effect once.',
    remedy: 'Make up a key, such as a UUID, for each thing you want done, and repeat it when you retry.',
  },
  idempotency_key_malformed: {
    status: 400,
    title: 'The Idempotency-Key is malformed',
    meaning: 'A key is 1 to 255 visible ASCII characters, bare or in double quotes.',
    remedy: 'Use a UUID.',
  },
  wrong_livemode: {
    status: 400,
    title: 'The event is of the other mode',
    meaning:
      'Events of test payments do not belong where payments are real, nor the other way round. Nothing was stored.',
    remedy: "Send each mode's events to the service that has that mode's secret key.",
  },
  unauthenticated: {
    status: 401,
    title: 'No valid API key or session',
    meaning:
      'The request carries no API key, or one that is unknown, expired or revoked; or, of a person, no session that goes on.',
    remedy: 'Send `Authorization: Bearer <key>`; in the console, sign in.',
  },
  invalid_signature: {
    status: 401,
    title: 'The signature is not valid',
    meaning: 'The webhook is not signed with the shared secret, or its time is more than five minutes off.',
    remedy:
      'Check secret and clock. Carriers sign the raw body as https://www.standardwebhooks.com describes, Stripe as docs.stripe.com/webhooks does.',
  },
  payment_declined: {
    status: 402,
    title: 'The payment was declined',
    meaning:
      'The order is stored, under `orderId`, and its payment was declined; `reason` says why. Only a request that waits for the outcome with `Prefer` is answered so.',
    remedy:
      'Read the order: while it is `pending`, try another method with `POST /orders/{id}/payment-attempts`; otherwise place a new one.',
  },
  payment_expired: {
    status: 402,
    title: 'The order was not paid in time',
    meaning:
      'The order is stored, under `orderId`, and was rejected because its time to pay had passed. Nothing was taken.',
    remedy: 'Place a new order, with a new key.',
  },
  insufficient_scope: {
    status: 403,
    title: 'The caller may not do this',
    meaning: 'The key is valid, or the person is signed in, but without the scope this operation takes.',
    remedy: 'Use a key with the scope that `detail` names; a person needs a role that has it.',
  },
  cross_site_request: {
    status: 403,
    title: 'The request is not of the console',
    meaning:
      'The request comes with the session of a person, and is of a page of another site, or lacks the token of the session. Nothing was stored.',
    remedy:
      'Open the console at the address that is configured; scripts use an API key. A page of the console sends the `csrfToken` of `GET /console/session` in `X-CSRF-Token`.',
  },
  no_role: {
    status: 403,
    title: 'The person has no role here',
    meaning:
      'The identity provider knows the person, and tells of no group that gives a role in the console.',
    remedy: 'Have the person added to a group that `CONSOLE_ROLES` names, and sign in again.',
  },
  not_found: {
    status: 404,
    title: 'There is nothing here',
    meaning: 'No resource has this address.',
    remedy: 'See /docs for the addresses there are.',
  },
  sign_in_off: {
    status: 404,
    title: 'People do not sign in here',
    meaning: 'This way of signing in is not configured.',
    remedy: 'See docs/console.md for the settings.',
  },
  person_not_found: {
    status: 404,
    title: 'There is no such person',
    meaning: 'No person who signed in has this id.',
    remedy: 'Use the id behind `person:` in an audit trail.',
  },
  order_not_found: {
    status: 404,
    title: 'There is no such order',
    meaning: 'No order has this id.',
    remedy: "Use the id that `POST /orders` answered, not the order's number.",
  },
  attention_not_found: {
    status: 404,
    title: 'There is no such attention',
    meaning: 'The order has no attention with this id.',
    remedy: 'Read the order; `attention` lists what is open.',
  },
  cancellation_not_found: {
    status: 404,
    title: 'There is no cancellation',
    meaning: 'No cancellation of this order was requested.',
    remedy: 'Ask with `POST /orders/{id}/cancellation`.',
  },
  refund_not_found: {
    status: 404,
    title: 'There is no such refund',
    meaning: 'The order has no refund with this id.',
    remedy: 'See `GET /orders/{id}/refunds` for those there are.',
  },
  product_not_found: {
    status: 404,
    title: 'There is no such product',
    meaning: 'The catalogue has no product with this SKU.',
    remedy: 'See `GET /products`, or create it with `PUT /products/{sku}`.',
  },
  stock_adjustment_not_found: {
    status: 404,
    title: 'There is no such stock adjustment',
    meaning: 'The stock of this product was never adjusted under this id.',
    remedy: 'Use the `Location` that the adjustment was answered with.',
  },
  webhook_endpoint_not_found: {
    status: 404,
    title: 'There is no such webhook endpoint',
    meaning: 'No endpoint has this id, or it was deleted.',
    remedy: 'See `GET /webhook-endpoints`.',
  },
  webhook_delivery_not_found: {
    status: 404,
    title: 'There is no such delivery',
    meaning: 'The endpoint has no delivery with this id, or it is older than what is kept.',
    remedy: 'See `GET /webhook-endpoints/{id}/deliveries`.',
  },
  webhook_replay_not_found: {
    status: 404,
    title: 'There is no such replay',
    meaning: 'The endpoint has no replay with this id.',
    remedy: 'Use the `Location` that the replay was answered with.',
  },
  discrepancy_not_found: {
    status: 404,
    title: 'There is no such discrepancy',
    meaning: 'No discrepancy has this id.',
    remedy: 'See `GET /reconciliation/discrepancies`.',
  },
  method_not_allowed: {
    status: 405,
    title: 'The method is not allowed here',
    meaning: 'The resource exists, but does not take this method.',
    remedy: 'Use one of the methods that the `Allow` header names.',
  },
  request_timeout: {
    status: 408,
    title: 'The request did not arrive in time',
    meaning: 'Headers or body came too slowly. Nothing was stored.',
    remedy: 'Send the request again, in one go; a new connection is needed.',
  },
  price_changed: {
    status: 409,
    title: 'The order costs something else',
    meaning: '`expectedTotal` is not what the order costs now. Nothing was stored, and the key is free.',
    remedy: 'Show the shopper the total in `totals`, and place the order with it.',
  },
  out_of_stock: {
    status: 409,
    title: 'Not all of it is in stock',
    meaning:
      'The order is stored, under `orderId`, and was rejected because a line is out of stock. Nothing was taken. Only a request that waits for the outcome with `Prefer` is answered so.',
    remedy: 'Show the shopper what is left (`GET /products/{sku}`), and place a new order, with a new key.',
  },
  order_cancelled: {
    status: 409,
    title: 'The order was cancelled',
    meaning: 'The order is stored, under `orderId`, and was cancelled before it was confirmed.',
    remedy: 'Place a new order, with a new key, if the shopper still wants it.',
  },
  cancellation_refused: {
    status: 409,
    title: 'The order was not cancelled',
    meaning:
      'The request is stored, and was refused: `reason` says why. Only a request that waits for the outcome with `Prefer` is answered so.',
    remedy: 'Read the order. What was shipped is refunded once it is back: `POST /orders/{id}/refunds`.',
  },
  refund_failed: {
    status: 409,
    title: 'The refund failed',
    meaning:
      'The refund is stored, where `Location` says, and no money has gone back: `reason` says why. Its amount can be refunded again. Only a request that waits for the outcome with `Prefer` is answered so.',
    remedy: 'Refund it again with a new key, or pay it back in another way.',
  },
  idempotency_key_in_use: {
    status: 409,
    title: 'The first request with this Idempotency-Key is in progress',
    meaning: 'The same request is being worked on. It will have its effect once, or be refused.',
    remedy: 'Send the request again, with the same key, after the time in `Retry-After`.',
  },
  illegal_resolution: {
    status: 409,
    title: 'The attention cannot be resolved so',
    meaning: 'This action does not answer this kind of attention.',
    remedy: 'Answer one of the `resolutions` that the order shows for the attention.',
  },
  already_resolved: {
    status: 409,
    title: 'The attention is resolved already',
    meaning: 'It was answered before, or the order continued without an answer.',
    remedy: 'Read the order and its events.',
  },
  use_cancellation: {
    status: 409,
    title: 'An order that was not picked up is cancelled instead',
    meaning:
      'This would give all the money back while the goods are still to be sent. Nothing was stored, and the key is free.',
    remedy: 'Cancel the order with `POST /orders/{id}/cancellation`, or refund a part of it.',
  },
  nothing_to_refund: {
    status: 409,
    title: 'There is no money to give back',
    meaning:
      'Nothing was captured for this order, or nothing of it is left, or the goods cost nothing. Nothing was stored, and the key is free.',
    remedy: 'Read the order: `payment`, `refunded`, `pendingRefunds` and `dispute` say where its money is.',
  },
  nothing_to_restock: {
    status: 409,
    title: 'There are no goods to take back into stock',
    meaning:
      'The goods have not left stock, or have come back with their parcel or an earlier refund. Nothing was stored, and the key is free.',
    remedy: 'Send `restock: false`.',
  },
  payment_attempt_not_possible: {
    status: 409,
    title: 'Another payment method cannot be tried now',
    meaning:
      'The order does not wait for one: its payment was not declined, its time to pay is over, or another attempt is being made. Nothing was stored, and the key is free.',
    remedy: 'Read the order. Only one that is pending and `declined` waits for another method.',
  },
  no_action_required: {
    status: 409,
    title: 'The shopper has nothing to do',
    meaning: 'The payment does not wait for the shopper: it is not in `requires_action`.',
    remedy: 'Read the order.',
  },
  stock_reserved: {
    status: 409,
    title: 'Orders hold this stock',
    meaning:
      'There would be less in stock than orders have reserved. Nothing was stored, and the key is free.',
    remedy: 'Take at most what `available` of `GET /products/{sku}` says, or cancel orders first.',
  },
  orders_in_progress: {
    status: 409,
    title: 'Orders of this person are still in progress',
    meaning:
      'A person is erased only once each of their orders has come to its end: until then it takes their name and address to carry them out. Nothing was erased.',
    remedy: 'Let the orders that `detail` names come to their end, or cancel them, and ask again.',
  },
  webhook_endpoint_disabled: {
    status: 409,
    title: 'The endpoint is disabled',
    meaning: 'Nothing is sent to it while it is disabled. Nothing was stored, and the key is free.',
    remedy: 'Enable it first: `PATCH /webhook-endpoints/{id}` with `{ "status": "enabled" }`.',
  },
  discrepancy_closed: {
    status: 409,
    title: 'The discrepancy is closed already',
    meaning: 'It was acknowledged before, or the books no longer differ.',
    remedy: 'Read it with `GET /reconciliation/discrepancies?state=closed`.',
  },
  events_gone: {
    status: 410,
    title: 'Events behind this cursor are gone',
    meaning:
      'Events that followed `after` are older than what is kept, and were removed; or the database was restored to a time before them.',
    remedy:
      'Read the orders that you follow, with `GET /orders?updatedSince=…`, and then the stream from its oldest event, without `after`.',
  },
  body_too_large: {
    status: 413,
    title: 'The body is too large',
    meaning: 'A body may have 64 KiB.',
    remedy: 'Send less.',
  },
  unsupported_media_type: {
    status: 415,
    title: 'The body has a type that is not read here',
    meaning: 'Bodies are read as application/json in UTF-8, plain or compressed with gzip, deflate or br.',
    remedy: 'Send `Content-Type: application/json`.',
  },
  idempotency_key_reused: {
    status: 422,
    title: 'The Idempotency-Key was used for another request',
    meaning: 'The same key came with another body before, or comes with one right now. Nothing was stored.',
    remedy: 'Use a new key for a new request, and the same body for a retry.',
  },
  order_invalid: {
    status: 422,
    title: 'The order cannot be fulfilled',
    meaning:
      'The order is stored, under `orderId`, and was rejected: a product is not sold any more, or the country is not served. Nothing was taken. Only a request that waits for the outcome with `Prefer` is answered so.',
    remedy:
      'Take the goods out of the basket, or ask for another address; then place a new order, with a new key.',
  },
  replay_period_invalid: {
    status: 422,
    title: 'The period to be replayed has not been',
    meaning: '`until` is before `since`, or `since` is in the future. Nothing was stored.',
    remedy: 'Name a period that has begun.',
  },
  webhook_url_not_allowed: {
    status: 422,
    title: 'Nothing is sent to this URL',
    meaning: 'The URL is none, or events may not be sent there, as `errors` says. Nothing was stored.',
    remedy: 'Name a public https address, or have its network added to WEBHOOK_ALLOWED_NETWORKS.',
  },
  duplicate_sku: {
    status: 422,
    title: 'A SKU is listed twice',
    meaning: 'Each SKU may have one line. Nothing was stored, and the key is free.',
    remedy: 'Add the quantities up in one line.',
  },
  unknown_sku: {
    status: 422,
    title: 'A SKU is unknown',
    meaning: 'The catalogue has no product with this SKU. Nothing was stored, and the key is free.',
    remedy: 'Correct the lines that `errors` lists.',
  },
  currency_not_supported: {
    status: 422,
    title: 'The currency does not fit',
    meaning:
      'Orders are not taken in this currency, or a product is priced in another. Nothing was stored, and the key is free.',
    remedy: 'Order in the currency the products are priced in.',
  },
  order_too_large: {
    status: 422,
    title: 'The order costs too much',
    meaning:
      'The total is more than can be charged at once in its currency. Nothing was stored, and the key is free.',
    remedy: 'Split the order; `detail` says how much can be charged.',
  },
  order_too_small: {
    status: 422,
    title: 'The order costs too little',
    meaning:
      'The total is less than can be charged in its currency. An order that costs nothing is not charged. Nothing was stored, and the key is free.',
    remedy: 'Add to the order; `detail` says how much can be charged.',
  },
  amount_not_chargeable: {
    status: 422,
    title: 'The amount cannot be charged in this currency',
    meaning:
      'Of some currencies only whole units can be charged (ISK, UGX: multiples of 100), or two digits of three (BHD, JOD, KWD, OMR, TND: multiples of 10); and of each only so much at once. Nothing was stored, and the key is free.',
    remedy: 'Round the amount as `detail` or `errors` says.',
  },
  stock_too_large: {
    status: 422,
    title: 'There would be too much in stock',
    meaning: 'A product may have at most 2147483647 units. Nothing was stored, and the key is free.',
    remedy: 'Check the quantity.',
  },
  refund_exceeds: {
    status: 422,
    title: 'The refund is more than is left',
    meaning:
      'What was captured, less what was refunded, is being refunded or is disputed, is less than this. Nothing was stored, and the key is free.',
    remedy: 'Refund at most what `detail` says.',
  },
  refund_line_repeated: {
    status: 422,
    title: 'A line is listed twice',
    meaning: 'Each line of the order may be listed once. Nothing was stored, and the key is free.',
    remedy: 'Add the quantities up in one entry.',
  },
  refund_line_unknown: {
    status: 422,
    title: 'A line is not of this order',
    meaning: 'The order has no line with this id. Nothing was stored, and the key is free.',
    remedy: 'Correct the lines that `errors` lists; the order shows the ids of its own.',
  },
  refund_quantity_exceeds: {
    status: 422,
    title: 'More goods than are left',
    meaning:
      'Of these lines fewer units were bought, or are left after earlier refunds. Nothing was stored, and the key is free.',
    remedy: 'Correct the lines that `errors` lists; `GET /orders/{id}/refunds` shows the earlier refunds.',
  },
  rate_limited: {
    status: 429,
    title: 'Too many requests',
    meaning:
      'The service has made more requests within a second than it may, whichever of its keys it used; without a valid key the address counts. Nothing was stored.',
    remedy:
      'Wait as many seconds as `Retry-After` says, and send the request again with the same Idempotency-Key.',
  },
  too_many_streams: {
    status: 429,
    title: 'Too many event streams',
    meaning: 'The service has as many event streams open at this process as it may.',
    remedy: 'Close streams that are not read any more, and share one among those who follow the same.',
  },
  headers_too_large: {
    status: 431,
    title: 'The headers are too large',
    meaning: 'Request line and headers may have 16 KiB, and 100 lines. Nothing was stored.',
    remedy: 'Send fewer and shorter headers.',
  },
  internal_error: {
    status: 500,
    title: 'Something went wrong here',
    meaning: 'The fault is ours. Whether the request had its effect is not known.',
    remedy: 'Retry with the same Idempotency-Key. If it stays, report the request id.',
  },
  busy: {
    status: 503,
    title: 'Something else is being done with it',
    meaning:
      'Another change holds what the request needs, such as the same product, for longer than it is waited for. Whether a part of the request had its effect is not known.',
    remedy: 'Retry with the same Idempotency-Key after the time in `Retry-After`.',
  },
  identity_provider_unavailable: {
    status: 503,
    title: 'The identity provider does not answer',
    meaning: 'The identity provider could not be asked, or gave no usable answer.',
    remedy: 'Sign in again after the time in `Retry-After`.',
  },
  webhooks_not_set_up: {
    status: 503,
    title: 'Events are not sent here',
    meaning:
      'The service has no WEBHOOK_SECRET_KEY, with which the secrets of endpoints are encrypted. Nothing was stored, and the key is free.',
    remedy: 'Have the people who run the service set WEBHOOK_SECRET_KEY; trying again alone does not help.',
  },
  gateway_unavailable: {
    status: 503,
    title: 'The payment provider does not answer',
    meaning: 'The payment provider could not be asked, or gave no usable answer.',
    remedy: 'Ask again after the time in `Retry-After`.',
  },
  unavailable: {
    status: 503,
    title: 'Not available right now',
    meaning: 'The database cannot be reached. Whether the request had its effect is not known.',
    remedy: 'Retry with the same Idempotency-Key after the time in `Retry-After`.',
  },
} as const satisfies Readonly<Record<string, ProblemType>>;

export type ProblemCode = keyof typeof PROBLEMS;

export const PROBLEM_CODES = Object.keys(PROBLEMS) as ProblemCode[];

export function isProblemCode(value: string): value is ProblemCode {
  return Object.hasOwn(PROBLEMS, value);
}

/** Where a problem type is documented; relative to wherever the API is. */
export const problemAddress = (code: ProblemCode) => `/problems/${code}`;
