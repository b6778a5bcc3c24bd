#include "harness/statistics/scalability.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "base/text.h"

namespace fanout {
namespace {

constexpr std::size_t kCoefficients = 3;
constexpr std::size_t kPointsForPeak = 6;
constexpr double kMaxExtrapolation = 1.5;  // N* / most workers tested
constexpr double kMaxResidual = 2;         // in units of the noise

using Row = std::array<double, kCoefficients>;

// N / X = a + b (N - 1) + c N (N - 1), each point divided by its N / X: the rows of a linear system
// whose right-hand sides are all 1, so that its squared errors are relative ones.
std::vector<Row> relative_rows(std::span<const std::pair<double, double>> points) {
  std::vector<Row> rows;
  for (const auto& [n, x] : points) rows.push_back({x / n, (n - 1) * x / n, (n - 1) * x});
  return rows;
}

// Solves m x = v for the first `size` unknowns by elimination with pivoting; nothing if singular.
std::optional<Row> solve(std::array<Row, kCoefficients> m, Row v, std::size_t size) {
  for (std::size_t k = 0; k < size; ++k) {
    std::size_t pivot = k;
    for (std::size_t i = k + 1; i < size; ++i) {
      if (std::abs(m[i][k]) > std::abs(m[pivot][k])) pivot = i;
    }
    if (std::abs(m[pivot][k]) < 1e-12) return std::nullopt;
    std::swap(m[k], m[pivot]);
    std::swap(v[k], v[pivot]);
    for (std::size_t i = k + 1; i < size; ++i) {
      const double factor = m[i][k] / m[k][k];
      for (std::size_t j = k; j < size; ++j) m[i][j] -= factor * m[k][j];
      v[i] -= factor * v[k];
    }
  }
  Row x{};
  for (std::size_t k = size; k-- > 0;) {
    x[k] = v[k];
    for (std::size_t j = k + 1; j < size; ++j) x[k] -= m[k][j] * x[j];
    x[k] /= m[k][k];
  }
  return x;
}

double squared_error(const std::vector<Row>& rows, const Row& coefficients) {
  double sum = 0;
  for (const Row& row : rows) {
    double error = -1;
    for (std::size_t i = 0; i < kCoefficients; ++i) error += row[i] * coefficients[i];
    sum += error * error;
  }
  return sum;
}

// Least squares with only the coefficients of the bit set `support`, the others 0. Columns are
// scaled to length 1 first, for they differ by the square of the workers.
std::optional<Row> least_squares(const std::vector<Row>& rows, unsigned support) {
  std::array<std::size_t, kCoefficients> columns{};
  Row scale{};
  std::size_t size = 0;
  for (std::size_t i = 0; i < kCoefficients; ++i) {
    if ((support >> i & 1U) == 0) continue;
    double squares = 0;
    for (const Row& row : rows) squares += row[i] * row[i];
    if (squares == 0) return std::nullopt;
    scale[size] = std::sqrt(squares);
    columns[size++] = i;
  }
  std::array<Row, kCoefficients> normal{};
  Row right{};
  for (const Row& row : rows) {
    for (std::size_t i = 0; i < size; ++i) {
      right[i] += row[columns[i]] / scale[i];
      for (std::size_t j = 0; j < size; ++j) {
        normal[i][j] += row[columns[i]] / scale[i] * row[columns[j]] / scale[j];
      }
    }
  }
  const auto scaled = solve(normal, right, size);
  if (!scaled) return std::nullopt;
  Row coefficients{};
  for (std::size_t i = 0; i < size; ++i) coefficients[columns[i]] = (*scaled)[i] / scale[i];
  return coefficients;
}

// The best non-negative coefficients are the plain least squares of the set of those that are not
// 0; with three there are few enough sets to try each.
std::optional<Row> non_negative_least_squares(const std::vector<Row>& rows) {
  std::optional<Row> best;
  double least = std::numeric_limits<double>::infinity();
  for (unsigned support = 1; support < 1U << kCoefficients; ++support) {
    const auto found = least_squares(rows, support);
    if (!found || std::ranges::any_of(*found, [](double c) { return c < 0; })) continue;
    const double error = squared_error(rows, *found);
    if (error < least) {
      least = error;
      best = found;
    }
  }
  return best;
}

std::optional<Usl> fit_round(std::span<const SweepPoint> points, std::size_t round) {
  std::vector<std::pair<double, double>> seen;
  for (const SweepPoint& point : points) seen.emplace_back(point.workers, point.by_round[round]);
  return fit_usl(seen);
}

// kappa of each complete round by itself: rounds are independent, so their spread is the fit's.
Interval kappa_over_rounds(std::span<const SweepPoint> points) {
  std::vector<double> kappas;
  for (std::size_t round = 0; round < points[0].by_round.size(); ++round) {
    if (const auto fit = fit_round(points, round)) kappas.push_back(fit->kappa);
  }
  return median_interval(std::move(kappas));
}

std::optional<double> relative_noise(std::span<const SweepPoint> points) {
  double squares = 0;
  for (const SweepPoint& point : points) {
    const Interval& x = point.throughput;
    if (!x.low) return std::nullopt;
    const double half = (*x.high - *x.low) / 2 / x.median;
    squares += half * half;
  }
  return std::sqrt(squares / static_cast<double>(points.size()));
}

// Why no peak may be named, or "".
std::string objection(std::span<const SweepPoint> points, const Scalability& found) {
  if (points.size() < kPointsForPeak) {
    return fmt::format("{} numbers of workers, a peak needs {}", points.size(), kPointsForPeak);
  }
  for (const SweepPoint& point : points) {
    if (!point.not_by_client.empty()) {
      return fmt::format("at {} the limit is {}, not the client", counted(point.workers, "worker"),
                         point.not_by_client);
    }
  }
  if (!found.usl) return "the points follow no such law";
  if (!found.kappa.low || !found.noise) return "too few rounds for an interval";
  const auto peak = found.usl->peak();
  if (*found.kappa.low <= 0 || !peak) return "no coherency cost beyond the noise";
  // A plateau bends the fit into a peak within what was tested, but throughput does not fall there.
  if (*peak < points.back().workers && !falls(points)) return "throughput does not fall beyond it";
  if (*peak > kMaxExtrapolation * points.back().workers) return "beyond what was tested";
  if (found.usl->residual > kMaxResidual * *found.noise) return "the law does not fit the points";
  return {};
}

}  // namespace

bool falls(std::span<const SweepPoint> points) {
  const auto best = std::ranges::max_element(
      points, {}, [](const SweepPoint& point) { return point.throughput.median; });
  const auto& high = points.back().throughput.high;
  return high && best->throughput.low && *high < *best->throughput.low;
}

double Usl::throughput(double workers) const {
  return lambda * workers / (1 + sigma * (workers - 1) + kappa * workers * (workers - 1));
}

std::optional<double> Usl::peak() const {
  if (kappa <= 0) return std::nullopt;
  return std::max(1.0, std::sqrt(std::max(0.0, 1 - sigma) / kappa));
}

std::optional<Usl> fit_usl(std::span<const std::pair<double, double>> points) {
  if (points.size() <= kCoefficients) return std::nullopt;
  const std::vector<Row> rows = relative_rows(points);
  const auto found = non_negative_least_squares(rows);
  if (!found || (*found)[0] <= 0) return std::nullopt;
  const auto& [a, b, c] = *found;
  return Usl{
      .lambda = 1 / a,
      .sigma = b / a,
      .kappa = c / a,
      .residual = std::sqrt(squared_error(rows, *found) / static_cast<double>(points.size()))};
}

Scalability scalability(std::span<const SweepPoint> points) {
  std::vector<std::pair<double, double>> medians;
  for (const SweepPoint& point : points)
    medians.emplace_back(point.workers, point.throughput.median);
  Scalability found;
  found.points = points.size();
  found.falls = falls(points);
  found.usl = fit_usl(medians);
  if (found.usl) {
    found.kappa = kappa_over_rounds(points);
    found.noise = relative_noise(points);
  }
  found.why_no_peak = objection(points, found);
  if (found.why_no_peak.empty()) found.peak = found.usl->peak();
  return found;
}

}  // namespace fanout
