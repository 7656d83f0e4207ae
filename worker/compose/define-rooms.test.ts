import { expect, it } from "vitest";
import { routes } from "#contract/routes";
import type { RouteHandlers } from "../http/mount.ts";
import { defineRooms, room } from "./define-rooms.ts";

type All = typeof routes;
const answer = async () => new Response();
const handlersOf = <Table extends Partial<All>>(table: Table) =>
  Object.fromEntries(Object.keys(table).map((id) => [id, answer])) as unknown as RouteHandlers<
    Record<keyof Table, never>,
    object
  >;

const { getHealth, ...others } = routes;
const nobody = () => ({});
const one = room({ getHealth }, { getHealth: answer }, nobody);
const rest = room(others, handlersOf(others), nobody);

it("rooms that answer every route of the contract, each once, are the rooms of the edge", () => {
  const rooms = defineRooms({ one, rest });
  const answered = Object.values(rooms).flatMap(({ routes: table }) => Object.keys(table));
  expect(answered.toSorted()).toEqual(Object.keys(routes).toSorted());
});

it("a route that no room answers, or that two do, does not compile", () => {
  // @ts-expect-error getHealth is answered by nobody
  defineRooms({ rest });
  // @ts-expect-error getHealth is answered twice
  defineRooms({ one, again: one, rest });
  // @ts-expect-error a handler is missing
  room({ getHealth }, {}, nobody);
  expect(Object.keys(rest.routes)).not.toContain("getHealth");
});
