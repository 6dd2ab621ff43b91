import { serve } from '../../runtime/workers/serve.ts';
import { answers } from './questions.ts';
import { SqlitePlace } from './sqlite-place.ts';
import type { StoreData, StoreOrder, StoreReport } from './store.ts';

/** How often the store is looked at for news, in ms. */
const LOOK_EVERY_MS = 300;

// Questions are answered between two batches, so a long index does not stop the page.
serve<StoreData, StoreOrder, StoreReport>(({ path, indexPath }, report) => {
  const place = new SqlitePlace(path, indexPath);
  const known = answers(place);
  let told = '';
  const tell = (): void => {
    const news = {
      place: place.index.place(),
      triage: place.triagePlace(),
      behind: place.behind(),
    };
    const text = JSON.stringify(news);
    if (text === told) return;
    told = text;
    report({ kind: 'news', news });
  };
  const look = async (): Promise<void> => {
    const isMore = await place.pull();
    tell();
    if (isMore) setImmediate(go);
    else setTimeout(go, LOOK_EVERY_MS);
  };
  const go = (): void => {
    look().catch((error: unknown) => {
      // A store that is locked for long is tried again; the page says how old it is.
      report({ kind: 'trouble', message: error instanceof Error ? error.message : String(error) });
      setTimeout(go, LOOK_EVERY_MS * 10);
    });
  };
  go();
  return async ({ number, question, args }) => {
    try {
      const ask = known[question] as (...given: readonly unknown[]) => unknown;
      report({ kind: 'answer', number, value: await ask(...args) });
      tell();
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      report({ kind: 'refusal', number, message });
    }
  };
});
