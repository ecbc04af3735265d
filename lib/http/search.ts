import { z } from "zod";
import { searchText } from "@/lib/domain/text";
import { foundMax } from "@/lib/leaderboard/search-players";
import { whole } from "./parse";

export const searchQuery = z.object({ q: searchText, limit: whole(1, foundMax, 10) });
