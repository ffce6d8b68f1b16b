{-# LANGUAGE OverloadedStrings #-}
-- Times Tidal on one of the twelve patterns, or on parsing mini-notation, and lists events.
--
--   bench time p01 [LIMIT]  one JSON line, as `cargo bench -p mag-lang` prints
--   bench mini FILE         one JSON line: strings parsed a second
--   bench events p01 4      every onset of that many cycles, one a line, sorted
module Main (main) where

import Control.DeepSeq (rnf)
import Control.Exception (evaluate)
import Control.Monad (forM_)
import Data.List (intercalate, sort, sortOn)
import qualified Data.Map.Strict as Map
import Data.Ratio (denominator, numerator)
import GHC.Clock (getMonotonicTimeNSec)
import Numeric (showFFloat)
import Sound.Tidal.Context hiding (rate, seconds)
import System.CPUTime (getCPUTime)
import System.Environment (getArgs)

cycles :: Int
cycles = 1000

-- Tidal rotates a Euclidean rhythm the other way round, so 6 of 8 steps here are 2 in mag and
-- Strudel; and it rotates the sounds of cycles along with it, which p05 keeps apart with struct.
patternOf :: String -> ControlPattern
patternOf name = case name of
  "p01" -> s "bd sn"
  "p02" -> s "[bd*4, hh*8, [~ cp]*2]"
  "p03" -> s "[[bd*2 [sn cp]]*8 , hh*16, {a b c d e}%7]"
  "p04" -> s "[bd(3,8), sn(5,8,6), hh(7,16), cp(<3 5 7>,16)]"
  "p05" ->
    stack
      [ struct "t(<3 5>,8,<0 6>)" $ s "<bd sn cp>"
      , s "[[hh <oh ch>]*4, [~ <arpy jvbass>]!4]"
      ]
      # n "<0 3 [5 7]>*2"
  "p06" -> every 3 (fast 2) $ every 4 rev $ s "bd*16"
  "p07" -> off 0.125 (|+ n 12) $ off 0.25 (# speed 2) $ n "0 3 5 7*2" # s "superpiano"
  "p08" -> jux rev $ every 2 (hurry 2) $ s "bd*16"
  "p09" -> chop 8 $ striate 4 $ s "bd*4 sn*4"
  "p10" ->
    degradeBy 0.3 $
      s "hh*64" # gain (range 0.6 1 sine) # pan rand # cutoff (range 200 2000 $ slow 8 saw)
  "p11" ->
    stack
      [ every 4 (fast 2) $ s "[bd*4, [~ cp]*2]"
      , jux rev $ chop 4 $ s "break*4"
      , off 0.125 (|+ n 12) $ n "0 3 5 7*2" # s "arpy"
      , degradeBy 0.2 $ ply 2 $ s "hh*16"
      ]
  "p12" ->
    every 2 (jux rev) $
      off 0.125 (# speed 1.5) $
        chop 4 $ ply 2 $ superimpose (hurry 2) $ s "[bd*16, [sn cp]*8, hh(5,8)]"
  _ -> error ("no pattern " ++ name)

haps :: ControlPattern -> Int -> [Event ValueMap]
haps p cycle' = queryArc p (Arc (fromIntegral cycle') (fromIntegral cycle' + 1))

-- Values are lazy: all that a player would send is worked out.
onsets :: ControlPattern -> Int -> IO Int
onsets p cycle' = do
  let found = filter eventHasOnset (haps p cycle')
  evaluate (rnf found)
  evaluate (length found)

describe :: Event ValueMap -> (Rational, String)
describe event = (begin, unwords (ratio begin : ratio end : map control (Map.toAscList (value event))))
  where
    Arc begin end = wholeOrPart event
    ratio t
      | denominator t == 1 = show (numerator t)
      | otherwise = show (numerator t) ++ "/" ++ show (denominator t)
    control (name, v) = name ++ "=" ++ plain v
    plain (VS text) = text
    plain (VF x) = number x
    plain (VN (Note x)) = number x
    plain (VI i) = number (fromIntegral i)
    plain (VR r) = number (fromRational r)
    plain other = show other
    number x = showFFloat (Just 6) x ""

inOrder :: [Event ValueMap] -> [String]
inOrder = map snd . sortOn id . map describe . filter eventHasOnset

firstOnsets :: ControlPattern -> Int -> [String]
firstOnsets p count = take count (concatMap (inOrder . haps p) [0 .. 63])

seconds :: Integer -> Integer -> Double
seconds from to = fromIntegral (to - from) / 1e12

-- Rounds over the same 1,000 cycles until half a second is full; stops early at the limit.
measure :: ControlPattern -> Double -> IO (Int, [Double])
measure p limit = do
  start <- getMonotonicTimeNSec
  let since = (\now -> fromIntegral (now - start) / 1e9 :: Double) <$> getMonotonicTimeNSec
      go i events micros = do
        before <- getMonotonicTimeNSec
        count <- onsets p (i `mod` cycles)
        after <- getMonotonicTimeNSec
        let micros' = fromIntegral (after - before) / 1e3 : micros
            events' = events + count
        gone <- since
        let full = (i + 1) `mod` cycles == 0 && gone >= 0.5
            late = i `mod` 12 == 11 && gone > limit
        if full || late then pure (events', micros') else events' `seq` go (i + 1) events' micros'
  go 0 0 []

time :: String -> Double -> IO ()
time name limit = do
  let p = patternOf name
  forM_ [0 .. 11] (onsets p)
  before <- getCPUTime
  (events, micros) <- measure p limit
  after <- getCPUTime
  counts <- mapM (onsets p) [0 .. 15]
  let queries = length micros
      sorted = sort micros
      quantile share = sorted !! min (queries - 1) (floor (fromIntegral queries * share :: Double))
  putStrLn . object $
    [ ("pattern", show name)
    , ("haps_per_cycle", show (fromIntegral events / fromIntegral queries :: Double))
    , ("us_median", show (quantile 0.5))
    , ("us_p99", show (quantile 0.99))
    , ("events_per_s", show (fromIntegral events / seconds before after))
    , ("queries", show queries)
    , ("onsets", show counts)
    , ("first16", show (firstOnsets p 16))
    ]

object :: [(String, String)] -> String
object fields = "{" ++ intercalate ", " [show name ++ ": " ++ text | (name, text) <- fields] ++ "}"

rate :: [String] -> (String -> IO ()) -> IO Double
rate strings once = do
  start <- getMonotonicTimeNSec
  before <- getCPUTime
  let go count = do
        mapM_ once strings
        now <- getMonotonicTimeNSec
        if now - start < 1000000000 then go (count + length strings) else pure (count + length strings)
  count <- go 0
  after <- getCPUTime
  pure (fromIntegral count / seconds before after)

-- The tree of a text, and its pattern: resolved as far as its outermost node, being lazy.
tree :: String -> TPat String
tree text = either (error . show) id (parseTPat text)

parsed :: String -> Pattern String
parsed text = either (error . show) id (parseBP text)

timeMini :: FilePath -> IO ()
timeMini file = do
  strings <- filter (not . null) . lines <$> readFile file
  parse <- rate strings (\text -> evaluate (tree text) >> pure ())
  build <- rate strings (\text -> evaluate (parsed text) >> pure ())
  query' <- rate strings (\text -> evaluate (rnf (queryArc (parsed text) (Arc 0 1))))
  putStrLn . object $
    [ ("mini", show (length strings))
    , ("strings_per_s", show parse)
    , ("patterns_per_s", show build)
    , ("with_first_cycle_per_s", show query')
    ]

main :: IO ()
main = do
  args <- getArgs
  case args of
    ["time", name] -> time name 15
    ["time", name, limit] -> time name (read limit)
    ["mini", file] -> timeMini file
    ["events", name, count] ->
      forM_ [0 .. read count - 1] $ \cycle' -> mapM_ putStrLn (inOrder (haps (patternOf name) cycle'))
    _ -> error "bench time NAME [LIMIT] | mini FILE | events NAME CYCLES"
