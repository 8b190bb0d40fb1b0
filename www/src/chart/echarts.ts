/** ECharts with the parts we draw with. Loaded when the first chart is shown, never at first paint. */
import { use, init, type ECharts } from "echarts/core";
import { BarChart, BoxplotChart, CustomChart, FunnelChart, GraphChart, HeatmapChart, LineChart, PieChart, SankeyChart, ScatterChart, TreemapChart } from "echarts/charts";
import {
  AriaComponent, DatasetComponent, DataZoomInsideComponent, GraphicComponent, GridComponent, LegendComponent, MarkAreaComponent, MarkLineComponent,
  MarkPointComponent, TooltipComponent, VisualMapContinuousComponent, VisualMapPiecewiseComponent,
} from "echarts/components";
import { LabelLayout, UniversalTransition } from "echarts/features";
import { CanvasRenderer, SVGRenderer } from "echarts/renderers";

use([
  BarChart, BoxplotChart, CustomChart, FunnelChart, GraphChart, HeatmapChart, LineChart, PieChart, SankeyChart, ScatterChart, TreemapChart,
  AriaComponent, DatasetComponent, DataZoomInsideComponent, GraphicComponent, GridComponent, LegendComponent, MarkAreaComponent, MarkLineComponent,
  MarkPointComponent, TooltipComponent, VisualMapContinuousComponent, VisualMapPiecewiseComponent,
  LabelLayout, UniversalTransition, CanvasRenderer, SVGRenderer,
]);

export { init, type ECharts };
