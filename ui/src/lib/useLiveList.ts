import { CombinedError } from "@urql/core";
import { useCallback, useEffect, useEffectEvent, useRef, useState } from "react";
import { type Failure, failure, failureOf } from "@/lib/failure";
import {
  appendPage,
  applyChanges,
  type Change,
  type ListItem,
  type LiveList,
  listOfPage,
  type MergeOptions,
  type Page,
  showPending,
} from "@/lib/liveList";
import { useTakenBack } from "@/lib/takenBack";
import { useCatchUp } from "@/lib/useCatchUp";

export type LoadedPage<T> = Page<T> & { position: string | null };

type LiveListOptions<T> = {
  /** What is listed; another key reads the list anew and keeps the old one in sight until then. */
  key: string;
  load: (after: string | null) => Promise<LoadedPage<T>>;
};

type State<T extends ListItem> = {
  list: LiveList<T> | null;
  /** The position up to which the first page is sure to be complete: changes after it are still to come. */
  position: string | null;
  key: string | null;
  failure: Failure | null;
  moreFailure: Failure | null;
  isLoading: boolean;
  isLoadingMore: boolean;
};

export function useLiveList<T extends ListItem>({ key, load }: LiveListOptions<T>) {
  const [state, setState] = useState<State<T>>({
    list: null,
    position: null,
    key: null,
    failure: null,
    moreFailure: null,
    isLoading: true,
    isLoadingMore: false,
  });
  // Answers of an older request (other filter, other sort) are dropped.
  const generation = useRef(0);
  const loadPage = useEffectEvent(load);

  const readAnew = useEffectEvent(async () => {
    generation.current += 1;
    const mine = generation.current;
    setState((old) => ({ ...old, isLoading: true, isLoadingMore: false }));
    try {
      const page = await loadPage(null);
      if (mine !== generation.current) return;
      const list = listOfPage(page);
      setState({
        list,
        position: page.position,
        key,
        failure: null,
        moreFailure: null,
        isLoading: false,
        isLoadingMore: false,
      });
    } catch (cause) {
      if (mine !== generation.current) return;
      setState((old) => ({ ...old, key, failure: toFailure(cause), isLoading: false }));
    }
  });
  const [reads, setReads] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another key or a refresh is what starts a read
  useEffect(() => {
    readAnew();
  }, [key, reads]);

  const loadMore = async () => {
    const { list } = state;
    if (!list?.hasNextPage || state.isLoadingMore || state.isLoading) return;
    const mine = generation.current;
    setState((old) => ({ ...old, isLoadingMore: true, moreFailure: null }));
    try {
      const page = await load(list.endCursor);
      if (mine !== generation.current) return;
      setState((old) => ({ ...old, list: old.list && appendPage(old.list, page), isLoadingMore: false }));
    } catch (cause) {
      if (mine !== generation.current) return;
      setState((old) => ({ ...old, moreFailure: toFailure(cause), isLoadingMore: false }));
    }
  };

  const catchUp = useCatchUp({
    known: state.list,
    isBusy: state.isLoading || state.isLoadingMore,
    generation,
    load,
    onCaughtUp: (known, list) => setState((old) => (old.list === known ? { ...old, list, failure: null } : old)),
  });
  const refresh = useCallback(() => setReads((count) => count + 1), []);
  useTakenBack(refresh);
  const apply = useCallback((changes: readonly Change<T>[], options: MergeOptions<T>) => {
    setState((old) => ({ ...old, list: old.list && applyChanges(old.list, changes, options) }));
  }, []);
  const reveal = (compare: ((a: T, b: T) => number) | null) => {
    if (!compare || state.list?.pendingOverflow) refresh();
    else setState((old) => ({ ...old, list: old.list && showPending(old.list, compare) }));
  };
  const { list, moreFailure, isLoadingMore } = state;
  /** How the rest is read; null where the list ends. */
  const more = list?.hasNextPage ? { failure: moreFailure, isLoading: isLoadingMore, onMore: loadMore } : null;
  return { ...state, more, loadMore, refresh, catchUp, apply, reveal };
}

function toFailure(cause: unknown): Failure {
  if (cause instanceof CombinedError) return failureOf(cause);
  return failure(cause instanceof Error ? cause.message : String(cause));
}
