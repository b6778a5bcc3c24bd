// The parts of ECharts that the charts use: a chart with a new kind of series adds it here.

import { BarChart, CustomChart, LineChart, ScatterChart } from 'echarts/charts';
import { GridComponent, LegendComponent, TitleComponent, TooltipComponent }
  from 'echarts/components';
import * as echarts from 'echarts/core';
import { LabelLayout } from 'echarts/features';
import { SVGRenderer } from 'echarts/renderers';

echarts.use([BarChart, CustomChart, LineChart, ScatterChart, GridComponent, LegendComponent,
  TitleComponent, TooltipComponent, LabelLayout, SVGRenderer]);

export { echarts };
