/** Every route file outside the pages, by the path Next gives it, so that the server entry can answer before Next. */
import * as health from "@/app/healthz/route";
import * as metrics from "@/app/metrics/route";
import * as readiness from "@/app/readyz/route";
import * as session from "./auth/get-session/route";
import * as signIn from "./auth/sign-in/email/route";
import * as signOut from "./auth/sign-out/route";
import * as activity from "./v1/boards/[board]/activity/route";
import * as at from "./v1/boards/[board]/at/route";
import * as events from "./v1/boards/[board]/players/[player]/events/route";
import * as history from "./v1/boards/[board]/players/[player]/history/route";
import * as inboxAck from "./v1/boards/[board]/players/[player]/inbox/ack/route";
import * as inbox from "./v1/boards/[board]/players/[player]/inbox/route";
import * as player from "./v1/boards/[board]/players/[player]/route";
import * as players from "./v1/boards/[board]/players/route";
import * as race from "./v1/boards/[board]/race/route";
import * as board from "./v1/boards/[board]/route";
import * as scores from "./v1/boards/[board]/scores/route";
import * as settings from "./v1/boards/[board]/settings/route";
import * as stream from "./v1/boards/[board]/stream/route";
import * as timeline from "./v1/boards/[board]/timeline/route";
import * as boards from "./v1/boards/route";
import * as acceptInvitation from "./v1/invitations/accept/route";
import * as invitations from "./v1/invitations/route";
import * as key from "./v1/keys/[id]/route";
import * as keys from "./v1/keys/route";
import * as oembed from "./v1/oembed/route";
import * as openapi from "./v1/openapi.json/route";
import * as playerToken from "./v1/players/[player]/token/route";

export const routes = {
  "/healthz": health,
  "/readyz": readiness,
  "/metrics": metrics,
  "/api/auth/get-session": session,
  "/api/auth/sign-in/email": signIn,
  "/api/auth/sign-out": signOut,
  "/api/v1/boards": boards,
  "/api/v1/boards/[board]": board,
  "/api/v1/boards/[board]/activity": activity,
  "/api/v1/boards/[board]/at": at,
  "/api/v1/boards/[board]/players": players,
  "/api/v1/boards/[board]/players/[player]": player,
  "/api/v1/boards/[board]/players/[player]/events": events,
  "/api/v1/boards/[board]/players/[player]/history": history,
  "/api/v1/boards/[board]/players/[player]/inbox": inbox,
  "/api/v1/boards/[board]/players/[player]/inbox/ack": inboxAck,
  "/api/v1/boards/[board]/race": race,
  "/api/v1/boards/[board]/scores": scores,
  "/api/v1/boards/[board]/settings": settings,
  "/api/v1/boards/[board]/stream": stream,
  "/api/v1/boards/[board]/timeline": timeline,
  "/api/v1/invitations": invitations,
  "/api/v1/invitations/accept": acceptInvitation,
  "/api/v1/keys": keys,
  "/api/v1/keys/[id]": key,
  "/api/v1/oembed": oembed,
  "/api/v1/openapi.json": openapi,
  "/api/v1/players/[player]/token": playerToken,
};
