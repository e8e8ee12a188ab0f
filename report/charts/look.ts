const font = 'system-ui, sans-serif';
const fontSize = 13;

/** What all charts have in common. Colours are names that the page and each file give a meaning, by theme. */
export const look = {
  aria: false,
  font,
  view: { stroke: null },
  axis: {
    labelFontSize: fontSize,
    titleFontSize: fontSize,
    titleFontWeight: 'normal',
    labelColor: 'var(--soft)',
    titleColor: 'var(--soft)',
    gridColor: 'var(--rule)',
    domainColor: 'var(--rule)',
    tickColor: 'var(--rule)',
  },
  legend: {
    orient: 'bottom',
    direction: 'horizontal',
    columns: 4,
    labelFontSize: fontSize,
    labelColor: 'var(--ink)',
    symbolStrokeWidth: 2.5,
    symbolSize: 180,
  },
  text: { fontSize: 12, font },
};

/** The colours by name: light, dark. Series tell apart for eyes that mix up red and green too. */
export const colours: Readonly<Record<string, readonly [light: string, dark: string]>> = {
  page: ['#ffffff', '#14171c'],
  card: ['#f6f7f9', '#1d2229'],
  ink: ['#16191d', '#eceff3'],
  soft: ['#545c66', '#a9b2bd'],
  rule: ['#d5dae0', '#3a424d'],
  link: ['#0b5cad', '#7db8ff'],
  s0: ['#d55e00', '#ff9a4d'],
  s1: ['#0072b2', '#56b4e9'],
  s2: ['#007a5a', '#35c79b'],
  s3: ['#a3488a', '#e39ccb'],
  s4: ['#7a6a00', '#e8d44d'],
  s5: ['#5b5fc7', '#a9acff'],
  s6: ['#4d4d4d', '#c8c8c8'],
  s7: ['#8c3b2a', '#e08a78'],
  u1: ['#e3eefb', '#1f3247'],
  u2: ['#c3dcf7', '#24486d'],
  u3: ['#98c4ef', '#2b6096'],
  d0: ['#eef0f3', '#2a3038'],
  d1: ['#fdeedd', '#40301d'],
  d2: ['#fbd9b0', '#63431a'],
  d3: ['#f6bd7c', '#875714'],
  bad: ['#a8321e', '#ff9a85'],
};
