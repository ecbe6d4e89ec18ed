/** Whether `a` has to stand before `b`. */
export type Less<T> = (a: T, b: T) => boolean;

/** Up to so many are sorted by insertion, which keeps the order of equals. */
const INSERTION_MAX = 12;
/** From so many on the pivot is chosen with more care, and from so many on a nearly sorted range is mended. */
const NINTHER_MIN = 50;
const SHIFT_MIN = 50;
const SHIFT_STEPS = 5;
/** What `choosePivot` swaps at most: then the range seems to fall. */
const SWAPS_MAX = 12;

/**
 * Sorts as Go's sort.Sort does: a pattern-defeating quicksort, which is not stable. Among equals its order can be told
 * from the input alone, and programs in Go show it: so sorting otherwise would be seen.
 */
export function goSort<T>(items: readonly T[], less: Less<T>): T[] {
  const sorted = [...items];
  new PatternDefeatingQuicksort(sorted, less).sort(0, sorted.length, bitLength(sorted.length));
  return sorted;
}

type Hint = "rising" | "falling" | "unknown";

class PatternDefeatingQuicksort<T> {
  private readonly items: T[];
  private readonly isLess: Less<T>;

  constructor(items: T[], less: Less<T>) {
    this.items = items;
    this.isLess = less;
  }

  /** Sorts `begin` to `end` (exclusive); `limit` bad pivots are borne. */
  sort(begin: number, end: number, limit: number): void {
    let [from, to, left] = [begin, end, limit];
    let [balanced, partitioned] = [true, true];
    for (;;) {
      const length = to - from;
      if (length <= INSERTION_MAX || left === 0) {
        if (length <= INSERTION_MAX) this.insertion(from, to);
        else this.heap(from, to);
        return;
      }
      if (!balanced) {
        this.shuffle(from, to);
        left--;
      }
      let [pivot, hint] = this.choosePivot(from, to);
      if (hint === "falling") {
        this.reverse(from, to);
        pivot = to - 1 - (pivot - from);
        hint = "rising";
      }
      if (balanced && partitioned && hint === "rising" && this.mend(from, to)) return;
      if (from > 0 && !this.less(from - 1, pivot)) {
        from = this.partitionEqual(from, to, pivot);
        continue;
      }
      const { middle, already } = this.partition(from, to, pivot);
      partitioned = already;
      const [lower, upper] = [middle - from, to - middle];
      balanced = Math.min(lower, upper) >= Math.floor(length / 8);
      if (lower < upper) {
        this.sort(from, middle, left);
        from = middle + 1;
      } else {
        this.sort(middle + 1, to, left);
        to = middle;
      }
    }
  }

  private less(a: number, b: number): boolean {
    return this.isLess(this.items[a] as T, this.items[b] as T);
  }

  private swap(a: number, b: number): void {
    const { items } = this;
    [items[a], items[b]] = [items[b] as T, items[a] as T];
  }

  private insertion(from: number, to: number): void {
    for (let i = from + 1; i < to; i++) {
      for (let j = i; j > from && this.less(j, j - 1); j--) this.swap(j, j - 1);
    }
  }

  private heap(from: number, to: number): void {
    const length = to - from;
    for (let root = Math.floor((length - 1) / 2); root >= 0; root--) this.siftDown(root, length, from);
    for (let last = length - 1; last >= 0; last--) {
      this.swap(from, from + last);
      this.siftDown(0, last, from);
    }
  }

  private siftDown(begin: number, length: number, first: number): void {
    for (let root = begin; ; ) {
      let child = 2 * root + 1;
      if (child >= length) return;
      if (child + 1 < length && this.less(first + child, first + child + 1)) child++;
      if (!this.less(first + root, first + child)) return;
      this.swap(first + root, first + child);
      root = child;
    }
  }

  /** Swaps three elements around the middle with some that the length alone decides. */
  private shuffle(from: number, to: number): void {
    const length = to - from;
    if (length < 8) return;
    const random = xorShift(BigInt(length));
    const mask = (1n << BigInt(bitLength(length))) - 1n;
    const middle = from + Math.floor(length / 4) * 2;
    for (let i = 0; i < 3; i++) {
      let other = Number(random() & mask);
      if (other >= length) other -= length;
      this.swap(middle - 1 + i, from + other);
    }
  }

  private reverse(from: number, to: number): void {
    for (let [a, b] = [from, to - 1]; a < b; a++, b--) this.swap(a, b);
  }

  private choosePivot(from: number, to: number): [pivot: number, hint: Hint] {
    const length = to - from;
    const quarter = Math.floor(length / 4);
    const count = { swaps: 0 };
    let [a, b, c] = [from + quarter, from + quarter * 2, from + quarter * 3];
    if (length >= NINTHER_MIN) {
      a = this.median(a - 1, a, a + 1, count);
      b = this.median(b - 1, b, b + 1, count);
      c = this.median(c - 1, c, c + 1, count);
    }
    const pivot = this.median(a, b, c, count);
    return [pivot, count.swaps === 0 ? "rising" : count.swaps === SWAPS_MAX ? "falling" : "unknown"];
  }

  private median(first: number, second: number, third: number, count: { swaps: number }): number {
    const ordered = (one: number, other: number): [number, number] => {
      if (!this.less(other, one)) return [one, other];
      count.swaps++;
      return [other, one];
    };
    let [a, b, c] = [first, second, third];
    [a, b] = ordered(a, b);
    [b, c] = ordered(b, c);
    [a, b] = ordered(a, b);
    return b;
  }

  /** Tries to sort what is nearly sorted with a few shifts; says whether it is. */
  private mend(from: number, to: number): boolean {
    let i = from + 1;
    for (let step = 0; step < SHIFT_STEPS; step++) {
      while (i < to && !this.less(i, i - 1)) i++;
      if (i === to) return true;
      if (to - from < SHIFT_MIN) return false;
      this.swap(i, i - 1);
      if (i - from >= 2) for (let j = i - 1; j >= 1 && this.less(j, j - 1); j--) this.swap(j, j - 1);
      if (to - i >= 2) for (let j = i + 1; j < to && this.less(j, j - 1); j++) this.swap(j, j - 1);
    }
    return false;
  }

  /** Puts what is less than the pivot before it and the rest behind. */
  private partition(from: number, to: number, pivot: number): { middle: number; already: boolean } {
    this.swap(from, pivot);
    let [i, j] = [from + 1, to - 1];
    const approach = () => {
      while (i <= j && this.less(i, from)) i++;
      while (i <= j && !this.less(j, from)) j--;
    };
    approach();
    const already = i > j;
    while (i <= j) {
      this.swap(i++, j--);
      approach();
    }
    this.swap(j, from);
    return { middle: j, already };
  }

  /** Puts what equals the pivot, which nothing here is less than, to the front; gives the first that is greater. */
  private partitionEqual(from: number, to: number, pivot: number): number {
    this.swap(from, pivot);
    let [i, j] = [from + 1, to - 1];
    for (;;) {
      while (i <= j && !this.less(from, i)) i++;
      while (i <= j && this.less(from, j)) j--;
      if (i > j) return i;
      this.swap(i++, j--);
    }
  }
}

/** Of a positive number: 1 for 1, 4 for 8. */
function bitLength(value: number): number {
  return value === 0 ? 0 : Math.floor(Math.log2(value)) + 1;
}

function xorShift(seed: bigint): () => bigint {
  let state = seed;
  return () => {
    state ^= BigInt.asUintN(64, state << 13n);
    state ^= state >> 7n;
    state ^= BigInt.asUintN(64, state << 17n);
    return state;
  };
}
