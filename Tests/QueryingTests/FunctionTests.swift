import Testing

@Suite("Functions of instants")
struct FunctionTests {
    @Test("mathematics")
    func mathematics() {
        QueryScript.run(
            """
            load 5m
              x{k="a"} -2.5
              x{k="b"} 4
              x{k="c"} NaN
              x{k="d"} -Inf
            eval instant at 0 abs(x)
              {k="a"} 2.5
              {k="b"} 4
              {k="c"} NaN
              {k="d"} +Inf
            eval instant at 0 ceil(x) + floor(x)
              {k="a"} -5
              {k="b"} 8
              {k="c"} NaN
              {k="d"} -Inf
            eval instant at 0 sgn(x)
              {k="a"} -1
              {k="b"} 1
              {k="c"} NaN
              {k="d"} -1
            eval instant at 0 sqrt(x)
              {k="a"} NaN
              {k="b"} 2
              {k="c"} NaN
              {k="d"} NaN
            eval instant at 0 exp(ln(x{k="b"})) + log2(x{k="b"}) + log10(x{k="b"} * 25)
              {k="b"} 8
            eval instant at 0 clamp(x, -1, 2)
              {k="a"} -1
              {k="b"} 2
              {k="c"} NaN
              {k="d"} -1
            eval instant at 0 clamp(x, 2, -1)
            eval instant at 0 clamp_max(vector(-Inf), NaN)
              {} -Inf
            eval instant at 0 clamp_min(vector(Inf), NaN)
              {} +Inf
            eval instant at 0 clamp_min(vector(-Inf), NaN)
              {} NaN
            eval instant at 0 clamp_min(x{k=~"a|b"}, 0)
              {k="a"} 0
              {k="b"} 4
            eval instant at 0 clamp_max(x{k=~"a|b"}, 0)
              {k="a"} -2.5
              {k="b"} 0
            eval instant at 0 round(x{k=~"a|b"})
              {k="a"} -2
              {k="b"} 4
            eval instant at 0 round(x{k=~"a|b"} + 0.04, 0.1)
              {k="a"} -2.5
              {k="b"} 4
            eval instant at 0 deg(vector(pi())) + rad(vector(180))
              {} 183.1415926535898
            eval instant at 0 sin(vector(0)) + cos(vector(0)) + tan(vector(0)) + sinh(vector(0)) + cosh(vector(0)) + tanh(vector(0))
              {} 2
            eval instant at 0 asin(vector(1)) + acos(vector(1)) + atan(vector(0)) + asinh(vector(0)) + acosh(vector(1)) + atanh(vector(0))
              {} 1.5707963267948966
            """)
    }

    @Test("dates in UTC")
    func dates() {
        QueryScript.run(
            """
            load 5m
              at 1136239445
              odd{k="nan"} NaN
              odd{k="far"} 1e300
              odd{k="before"} -1
            eval instant at 0 year(at)
              {} 2006
            eval instant at 0 month(at)
              {} 1
            eval instant at 0 day_of_month(at)
              {} 2
            eval instant at 0 day_of_week(at)
              {} 1
            eval instant at 0 day_of_year(at)
              {} 2
            eval instant at 0 hour(at)
              {} 22
            eval instant at 0 minute(at)
              {} 4
            eval instant at 0 days_in_month(at)
              {} 31
            eval instant at 0 days_in_month(vector(1456790399))
              {} 29
            eval instant at 0 days_in_month(vector(1456790400))
              {} 31
            eval instant at 0 day_of_year(vector(1483228799))
              {} 366
            eval instant at 0 year(odd)
              {k="nan"} 292277026596
              {k="far"} 292277026596
              {k="before"} 1969
            eval instant at 0 month(vector(NaN)) * 100 + day_of_month(vector(-Inf))
              {} 1204
            eval instant at 0 hour(vector(Inf)) * 100 + minute(vector(NaN))
              {} 1530
            eval instant at 0 hour(odd{k="before"})
              {k="before"} 23
            eval instant at 2h hour()
              {} 2
            eval instant at 90s minute() + year() + month()
              {} 1972
            """)
    }

    @Test("time, timestamp, scalar and vector")
    func conversions() {
        QueryScript.run(
            """
            load 10s
              x{k="a"} 1 2 3
              x{k="b"} 5
            eval instant at 15s timestamp(x)
              {k="a"} 10
              {k="b"} 0
            eval instant at 15s timestamp((x{k="a"} + 1))
              {k="a"} 15
            eval instant at 15s timestamp(x{k="a"} offset 10s)
              {k="a"} 0
            eval instant at 15s time()
              15
            eval instant at 15s scalar(x{k="a"})
              2
            eval instant at 15s scalar(x)
              NaN
            eval instant at 15s scalar(nothing)
              NaN
            eval instant at 15s vector(time() + 1)
              {} 16
            eval range from 0 to 20s step 10s time() * 2
              {} 0 20 40
            eval range from 0 to 20s step 10s scalar(x{k="a"}) + x{k="b"}
              {k="b"} 6 7 8
            """)
    }

    @Test("absent elements and ranges")
    func absence() {
        QueryScript.run(
            """
            load 10s
              x{k="a"} 1 _ _
            eval instant at 0 absent(x)
            eval instant at 0 absent(nothing)
              {} 1
            eval instant at 0 absent(nothing{job="a",env=~"x.*",i!="4"})
              {job="a"} 1
            eval instant at 0 absent(nothing{job="a",job="b",foo="bar"})
              {foo="bar"} 1
            eval instant at 0 absent(sum(nothing))
              {} 1
            eval instant at 0 absent_over_time(x[5m])
            eval instant at 0 absent_over_time(nothing{job="a"}[5m])
              {job="a"} 1
            eval range from 0 to 60s step 30s absent_over_time(x{k="a"}[20s])
              {k="a"} _ 1 1
            """)
    }

    @Test("labels replaced and joined")
    func labels() {
        QueryScript.run(
            """
            load 10s
              m{src="source-10",dst="old"} 1
              m{src="source-20",dst="old"} 2
            eval instant at 0 label_replace(m, "dst", "destination-$1", "src", "source-(.*)")
              m{src="source-10",dst="destination-10"} 1
              m{src="source-20",dst="destination-20"} 2
            eval instant at 0 label_replace(m, "dst", "$2", "src", "(?P<a>s)ource-(\\\\d)0")
              m{src="source-10",dst="1"} 1
              m{src="source-20",dst="2"} 2
            eval instant at 0 label_replace(m, "dst", "${n}x$$", "src", "source-(?P<n>.*)")
              m{src="source-10",dst="10x$"} 1
              m{src="source-20",dst="20x$"} 2
            eval instant at 0 label_replace(m, "dst", "x", "src", "ource")
              m{src="source-10",dst="old"} 1
              m{src="source-20",dst="old"} 2
            eval instant at 0 label_replace(m, "dst", "", "src", ".*")
              m{src="source-10"} 1
              m{src="source-20"} 2
            eval instant at 0 label_replace(m, "new label", "$1", "missing", "(.*)none|(.*)")
              m{src="source-10",dst="old"} 1
              m{src="source-20",dst="old"} 2
            eval instant at 0 label_join(m, "new", "-", "src", "dst", "none")
              m{src="source-10",dst="old",new="source-10-old-"} 1
              m{src="source-20",dst="old",new="source-20-old-"} 2
            eval instant at 0 label_join(m, "dst", "")
              m{src="source-10"} 1
              m{src="source-20"} 2
            eval instant at 0 label_replace(m, "dst", "value-$1", "missing", "(.*)")
              m{src="source-10",dst="value-"} 1
              m{src="source-20",dst="value-"} 2
            fail instant at 0 label_replace(m, "src", "", "", "")
              vector cannot contain metrics with the same labelset
            fail instant at 0 label_replace(m, "x", "", "src", "(")
              invalid regular expression in label_replace(): (
            fail instant at 0 label_replace(m, "", "", "src", ".*")
              invalid destination label name in label_replace()
            clear
            load 20m
              s{k="a",i="1"} 2 _
              s{k="a",i="2"} _ 4
            eval range from 0 to 20m step 20m label_replace(s, "i", "x", "i", ".*")
              s{k="a",i="x"} 2 4
            """)
    }

    @Test("elements sorted by value and by label")
    func sorting() {
        QueryScript.run(
            """
            load 10s
              x{k="n10"} 2
              x{k="n9"} NaN
              x{k="n1"} 3
              x{k="m1"} -1
            ordered instant at 0 sort(x)
              x{k="m1"} -1
              x{k="n10"} 2
              x{k="n1"} 3
              x{k="n9"} NaN
            ordered instant at 0 sort_desc(x)
              x{k="n1"} 3
              x{k="n10"} 2
              x{k="m1"} -1
              x{k="n9"} NaN
            ordered instant at 0 sort_by_label(x, "k")
              x{k="m1"} -1
              x{k="n1"} 3
              x{k="n9"} NaN
              x{k="n10"} 2
            ordered instant at 0 sort_by_label_desc(x, "k")
              x{k="n10"} 2
              x{k="n9"} NaN
              x{k="n1"} 3
              x{k="m1"} -1
            """)
    }

    @Test("functions of native histograms pass over float samples")
    func nativeHistograms() {
        QueryScript.run(
            """
            load 10s
              x 1
            eval instant at 0 histogram_count(x)
            eval instant at 0 histogram_avg(x) or histogram_sum(x) or histogram_stddev(x) or histogram_stdvar(x)
            """)
    }
}
