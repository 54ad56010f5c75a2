/** Waits that always end: the vendor's promises may stay pending for ever, so none of them is awaited bare. */

export const late = Symbol('late');
export const aborted = Symbol('aborted');

export const never: Promise<never> = new Promise(() => {});

/**
 * The value of `promise`, or `late` after `ms` (null: no such limit), or `aborted` as soon as the signal is. Rejects only when `promise` does, in time; a
 * rejection that comes later is of no interest to anybody.
 */
export async function within<T>(
  ms: number | null,
  promise: PromiseLike<T>,
  signal?: AbortSignal,
): Promise<T | typeof late | typeof aborted> {
  const kept = Promise.resolve(promise);
  kept.catch(() => {});
  if (signal?.aborted) return aborted;
  const other = Promise.withResolvers<typeof late | typeof aborted>();
  const timer = ms === null ? undefined : setTimeout(() => other.resolve(late), ms);
  const onAbort = () => other.resolve(aborted);
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([kept, other.promise]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
  }
}
