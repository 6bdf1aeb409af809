type Page<Node> = {
  nodes: readonly Node[];
  pageInfo: { endCursor?: string | null | undefined; hasNextPage: boolean };
};

/** Whatever a list holds, from its first page to its last. */
export async function allOf<Node>(readPage: (after: string | null) => Promise<Page<Node>>): Promise<Node[]> {
  const nodes: Node[] = [];
  let after: string | null = null;
  do {
    const page: Page<Node> = await readPage(after);
    nodes.push(...page.nodes);
    after = page.pageInfo.hasNextPage ? (page.pageInfo.endCursor ?? null) : null;
  } while (after !== null);
  return nodes;
}
