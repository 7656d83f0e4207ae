/**
 * Functions of SQLite that a query may call, in lower case: those that read what they are given and make nothing larger of it
 * than it is. Left out on purpose: load_extension, randomblob, zeroblob, printf and format, hex, char, quote, and all that tells of the database.
 */
export const queryFunctions: readonly string[] = [
  "count sum total avg min max group_concat string_agg",
  "abs round sign ceil ceiling floor mod sqrt pow power ln log log10 log2 exp",
  "coalesce ifnull nullif iif typeof cast",
  "length lower upper trim ltrim rtrim substr substring instr replace like glob",
  "date time datetime julianday strftime unixepoch timediff",
  "row_number rank dense_rank percent_rank cume_dist ntile lag lead first_value last_value nth_value",
  "json_extract json_array_length json_type json_valid -> ->>",
].flatMap((names) => names.split(" "));
