/**
 * The first octet of a value in a chunk. What follows:
 *
 *     INT      zigzag varint                     ARRAY   count, values (a run of undefined is HOLES and a count)
 *     FLOAT    8 octets, big endian              OBJECT  count, then key (as a string without tag ASCII) and value
 *     ASCII    length, octets                    PART    nothing: the next of the chunk's parts
 *     UTF16    length in units, 2 octets each    BYTES   length, octets
 *     BIGINT   as a string with its own tag
 *
 * Lengths and counts are varints: seven bits an octet, the least first, the eighth bit says that more follow.
 */
export const TAG = {
  UNDEFINED: 0,
  NULL: 1,
  TRUE: 2,
  FALSE: 3,
  INT: 4,
  FLOAT: 5,
  ASCII: 6,
  UTF16: 7,
  BIGINT: 8,
  BYTES: 9,
  ARRAY: 10,
  HOLES: 11,
  OBJECT: 12,
  PART: 13,
} as const;
