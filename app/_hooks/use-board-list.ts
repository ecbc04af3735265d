"use client";

import { useState } from "react";
import useSWR from "swr";
import type { BoardList } from "@/lib/domain/board-list";
import { type ListQuestion, type ListState, listUrl, PolledList } from "./board-list";

/** What the server rendered, and its tag. */
export interface FirstList {
  list: BoardList;
  etag: string;
}

/** SWR decides when to poll (interval, hidden tabs, focus, network back); a failure only stretches the interval. */
export function useBoardList(question: ListQuestion, first: FirstList): ListState {
  const url = listUrl(question);
  const [polled] = useState(() => new PolledList(url, first.list, first.etag));
  const { data } = useSWR(url, polled.poll, {
    refreshInterval: polled.nextPollMs,
    fallbackData: polled.state,
    keepPreviousData: true,
    revalidateOnMount: false,
    compare: Object.is,
    // What the browser calls offline may be a machine that serves itself.
    refreshWhenOffline: true,
  });
  return data;
}
