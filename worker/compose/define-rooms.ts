import type { RouteId, TableRoute } from "#contract/routes";
import type { EdgeEnv } from "../env.ts";
import { mount } from "../http/mount.ts";
import type { Gate, RouteHandlers } from "../http/mount.ts";
import type { EdgeHono } from "../http/request-context.ts";
import type { Host } from "./host.ts";

/** A room as the app knows it: which routes are its own, and how they are mounted. */
export interface Room<Table extends Record<string, TableRoute>> {
  routes: Table;
  mount: (app: EdgeHono<EdgeEnv>, gate: Gate<EdgeEnv, Host>) => void;
}

/** One room: its part of the route table, who answers it, and what its handlers are handed. */
export function room<Table extends Record<string, TableRoute>, Deps>(
  routes: Table,
  handlers: RouteHandlers<Table, Deps>,
  deps: (host: Host) => Deps,
): Room<Table> {
  return { routes, mount: (app, gate) => mount(app, { routes, handlers, deps }, gate) };
}

type AnyRooms = Record<string, Room<Record<string, TableRoute>>>;
type RoutesOf<Rooms extends AnyRooms> = { [Name in keyof Rooms]: keyof Rooms[Name]["routes"] }[keyof Rooms];

/** The routes of the contract that no room answers. */
type Unanswered<Rooms extends AnyRooms> = Exclude<RouteId, RoutesOf<Rooms>>;

/** The routes that two rooms answer: the second would never be asked. */
type AnsweredTwice<Rooms extends AnyRooms> = {
  [Name in keyof Rooms]: Extract<keyof Rooms[Name]["routes"], RoutesOf<Omit<Rooms, Name>>>;
}[keyof Rooms];

/** What is wrong with a list of rooms, said so that the compiler names the routes; nothing when it is whole. */
type Whole<Rooms extends AnyRooms> = [Unanswered<Rooms>] extends [never]
  ? [AnsweredTwice<Rooms>] extends [never]
    ? unknown
    : { "These routes are answered by two rooms": AnsweredTwice<Rooms> }
  : { "No room answers these routes": Unanswered<Rooms> };

/** The rooms of the edge. Compiles only when every route of the contract is answered, and by one room. */
export function defineRooms<Rooms extends AnyRooms>(rooms: Rooms & Whole<Rooms>): Rooms {
  return rooms;
}
