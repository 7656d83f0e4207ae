// What of Vega-Lite is drawn. A word that is not here is not drawn: what can load, loop or grow without bound is told
// apart from what cannot by its absence, so that a new version's words are out until somebody has looked at them.

const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

/** Marks whose work grows with the rows alone. Pictures, maps and what loads are not among them. */
export const marks = words(
  "arc area bar boxplot circle errorband errorbar line point rect rule square text tick trail",
);

/** Words that say what is drawn; a chart with another one would be another chart, so it is not drawn. */
export const meanings = words(`
  $schema name description title background padding autosize width height view config resolve usermeta
  data datasets mark encoding layer hconcat vconcat concat columns facet spec repeat transform params
  align bounds center spacing
  x y x2 y2 xOffset yOffset xError yError xError2 yError2 theta theta2 radius radius2 color fill stroke opacity
  fillOpacity strokeOpacity strokeWidth strokeDash size shape angle text detail order tooltip row column
  field type aggregate bin timeUnit sort stack scale axis legend header value datum condition format formatType
  bandPosition band test
  aggregate joinaggregate groupby op as fold filter ignorePeers offset
  and or not equal lt lte gt gte oneOf range valid encoding argmin argmax maxbins binned unit utc
`);

/** Words within which only looks are said: one that is not known is left out, and the chart is the same chart. */
export const looks = words("axis legend header title config view mark scale resolve autosize usermeta");

/** Looks that are drawn as they are said. */
export const knownLooks = words(`
  text subtitle anchor angle orient offset frame fontSize fontStyle fontWeight color lineHeight limit
  subtitleColor subtitleFontSize subtitlePadding zindex align baseline dx dy
  domain domainMin domainMax domainMid range scheme reverse zero nice type interpolate padding paddingInner
  paddingOuter round clamp name count base exponent constant
  bandPosition domainColor domainWidth domainOpacity format formatType grid gridColor gridOpacity gridWidth gridDash
  labels labelAlign labelAngle labelBaseline labelBound labelColor labelFlush labelFontSize labelFontWeight labelLimit
  labelOffset labelOpacity labelOverlap labelPadding labelSeparation minExtent maxExtent position tickBand tickColor
  tickCount tickExtra tickOffset tickOpacity tickRound tickSize tickWidth ticks title titleAlign titleAnchor titleAngle
  titleColor titleFontSize titleFontWeight titleLimit titlePadding titleX titleY titleOrient translate values
  direction columns columnPadding rowPadding symbolType symbolSize symbolFillColor symbolStrokeColor symbolStrokeWidth
  symbolOpacity symbolLimit gradientLength gradientThickness gradientOpacity clipHeight cornerRadius fillColor
  strokeColor
  fill stroke filled opacity fillOpacity strokeOpacity strokeWidth strokeDash strokeCap strokeJoin point line size shape
  cornerRadiusEnd cornerRadiusTopLeft cornerRadiusTopRight cornerRadiusBottomLeft cornerRadiusBottomRight tension
  innerRadius outerRadius padAngle radius theta thickness width height band binSpacing minBandSize continuousBandSize
  discreteBandSize extent median box outliers rule whiskers borders clip invalid order tooltip
  x y x2 y2 xOffset yOffset independent shared axis legend scale
  view arc area bar boxplot circle errorband errorbar rect square tick trail mark background header
  axisX axisY axisBottom axisLeft axisRight axisTop axisBand axisQuantitative axisTemporal axisDiscrete
  continuousWidth continuousHeight discreteWidth discreteHeight step category diverging heatmap ordinal ramp symbol
  fit contains resize
`);

/** Words by which something is fetched, calculated or followed. Looks have none of them either. */
export const acting = words(
  "expr signal calculate labelExpr url href html image loader param bind select on events update init encode",
);

/** What the drawing may call: functions whose work does not grow beyond what they are given. */
export const calls = words(`
  bandspace bandwidth _bandwidth scale _scale domain range _range span lerp isValid isFinite isNaN isArray isNumber
  isDate isString isDefined isObject isBoolean toNumber toString toDate toBoolean ceil floor round abs min max length flush clamp
  join format timeFormat utcFormat timeUnitSpecifier timeOffset utcOffset time datetime utc year month date day hours
  minutes seconds milliseconds quarter week dayofyear utcyear utcmonth utcdate utcday utchours utcminutes utcseconds
  utcmilliseconds utcquarter utcweek utcdayofyear if inrange indexof sequence truncate upper lower log sqrt pow
  PI data pluck gradient extent clampRange
`);
