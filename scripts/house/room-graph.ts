import { posix } from "node:path";
import type { ImportArrow } from "./source-tree.ts";

/** One room that asks another, and the files by which it does. */
export interface RoomArrow {
  from: string;
  to: string;
  imports: { from: string; target: string }[];
}

/**
 * A checkout as rooms, on floors, with who asks whom. A room is a folder of code; a file that stands beside folders is a
 * room of its own, as the door of what lies behind it, or the ground that all of it stands on.
 */
export interface House {
  /** The files of each room. */
  rooms: Map<string, string[]>;
  arrows: RoomArrow[];
  /** 0: asks nobody; otherwise one above the highest room that is asked. Rooms of a circle stand on one floor. */
  floors: Map<string, number>;
  /** Rooms that reach each other in a round; each circle sorted by name. */
  circles: string[][];
  /** Arrows that lead to a room on the same floor or a higher one. */
  climbing: RoomArrow[];
}

/** Draws a house from its files and their imports. Pure. */
export function drawHouse(paths: readonly string[], imports: readonly ImportArrow[]): House {
  const roomOf = nameRooms(paths);
  const rooms = Map.groupBy(paths, (path) => roomOf.get(path) ?? path);
  const arrows = joinArrows(imports, roomOf);
  const circles = findCircles([...rooms.keys()], arrows);
  const floors = countFloors([...rooms.keys()], arrows, circles);
  const floorOf = (room: string): number => floors.get(room) ?? 0;
  const climbing = arrows.filter(({ from, to }) => floorOf(from) <= floorOf(to));
  return { rooms, arrows, floors, circles, climbing };
}

/** The room of each file: its folder, or the file itself where the folder holds others. */
function nameRooms(paths: readonly string[]): Map<string, string> {
  const folders = new Set(paths.map((path) => posix.dirname(path)));
  const parents = new Set([...folders].flatMap(ancestors));
  return new Map(
    paths.map((path) => [path, parents.has(posix.dirname(path)) ? path : posix.dirname(path)] as const),
  );
}

function ancestors(folder: string): string[] {
  const parts = folder.split("/");
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join("/"));
}

function joinArrows(imports: readonly ImportArrow[], roomOf: Map<string, string>): RoomArrow[] {
  const arrows = new Map<string, RoomArrow>();
  for (const { from, target } of imports) {
    const [asking, asked] = [roomOf.get(from), roomOf.get(target)];
    if (asking === undefined || asked === undefined || asking === asked) continue;
    const key = `${asking} -> ${asked}`;
    const arrow = arrows.get(key) ?? { from: asking, to: asked, imports: [] };
    arrow.imports.push({ from, target });
    arrows.set(key, arrow);
  }
  return [...arrows.values()];
}

/** The rooms that each room reaches, itself only by a way round. */
function reachable(rooms: readonly string[], arrows: readonly RoomArrow[]): Map<string, Set<string>> {
  const next = new Map<string, string[]>(rooms.map((room) => [room, []]));
  for (const { from, to } of arrows) next.get(from)?.push(to);
  const reach = (start: string): Set<string> => {
    const seen = new Set<string>();
    const open = [...(next.get(start) ?? [])];
    for (let room = open.pop(); room !== undefined; room = open.pop()) {
      if (seen.has(room)) continue;
      seen.add(room);
      open.push(...(next.get(room) ?? []));
    }
    return seen;
  };
  return new Map(rooms.map((room) => [room, reach(room)]));
}

function findCircles(rooms: readonly string[], arrows: readonly RoomArrow[]): string[][] {
  const reach = reachable(rooms, arrows);
  const inCircle = rooms.filter((room) => reach.get(room)?.has(room));
  const circles = new Map<string, string[]>();
  for (const room of inCircle) {
    const members = inCircle
      .filter((other) => reach.get(room)?.has(other) && reach.get(other)?.has(room))
      .sort();
    circles.set(members.join(), members);
  }
  return [...circles.values()];
}

function countFloors(
  rooms: readonly string[],
  arrows: readonly RoomArrow[],
  circles: readonly string[][],
): Map<string, number> {
  const roundOf = new Map(
    circles.flatMap((members) => members.map((room) => [room, members.join()] as const)),
  );
  const together = (a: string, b: string): boolean => roundOf.has(a) && roundOf.get(a) === roundOf.get(b);
  const asked = new Map<string, string[]>(rooms.map((room) => [room, []]));
  for (const { from, to } of arrows) if (!together(from, to)) asked.get(from)?.push(to);
  const floors = new Map<string, number>();
  const floorOf = (room: string): number => {
    const done = floors.get(room);
    if (done !== undefined) return done;
    const below = [room, ...rooms.filter((other) => together(room, other))].flatMap(
      (member) => asked.get(member) ?? [],
    );
    const floor = below.length === 0 ? 0 : 1 + Math.max(...below.map(floorOf));
    floors.set(room, floor);
    return floor;
  };
  for (const room of rooms) floorOf(room);
  return floors;
}
