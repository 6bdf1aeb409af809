/** From the least to the most, as people think of them; the server knows no order. */
export function byValue<Category extends { value: number }>(categories: readonly Category[]): Category[] {
  return categories.toSorted((one, other) => one.value - other.value);
}
