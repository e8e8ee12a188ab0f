import type { FindingOf, Words } from '../alert.ts';
import { priceText } from './text.ts';

/** Says that a close crossed a price. */
export function crossedWords([crossed]: readonly [FindingOf<'crossed'>, ...unknown[]]): Words {
  const { ticker, date, close, crosses, price, previousDate, previousClose } = crossed;
  const unit = crossed.currency === null ? '' : ` ${crossed.currency}`;
  return {
    title: `${ticker} closed ${crosses} ${priceText(price)}${unit}: ${priceText(close)} on ${date}`,
    text: `The observed close before was ${priceText(previousClose)}${unit} on ${previousDate}. A rule in marketlake.yaml asks for this.`,
    items: [],
    itemCount: 1,
    command: null,
  };
}

/** Says that far more was traded than usual. */
export function volumeWords([high]: readonly [FindingOf<'volume'>, ...unknown[]]): Words {
  const { ticker, date, volume, average, overDays } = high;
  return {
    title: `${ticker} traded ${(volume / average).toFixed(1)} times its average on ${date}`,
    text: `Volume ${priceText(volume)} against a mean of ${priceText(average)} over the ${overDays} observed days before. A rule in marketlake.yaml asks for this.`,
    items: [],
    itemCount: 1,
    command: null,
  };
}
