# Reads a collection as a Ruby user would: read.rb URI DATABASE COLLECTION. Prints what it saw as JSON.
require 'json'
require 'mongo'

# Driver 2.5 reads names in a URI by what Ruby 3 has under another name only.
URI.singleton_class.alias_method(:decode, :decode_www_form_component) unless URI.respond_to?(:decode)
Mongo::Logger.logger.level = Logger::FATAL
uri, database, name = ARGV
client = Mongo::Client.new(uri, database: database)
collection = client[name]
few = { _id: { '$lte' => 5 } }
seen = {
  version: Mongo::VERSION,
  ids: collection.find({}, batch_size: 100).map { |document| document['_id'] },
  one: collection.find(_id: 43).first['_id'],
  count: collection.count(few),
  aggregated: collection.aggregate([{ '$match' => few }]).to_a.size,
  collections: client.database.collection_names,
  databases: client.database_names,
  withOptions: nil,
  out: nil,
  insert: nil
}
# What the driver's options add to a read.
session = client.start_session(causal_consistency: true)
options = { comment: 'few', hint: '_id_', max_time_ms: 60_000, session: session }
found = collection.find(few, **options, batch_size: 2).to_a
aggregated = collection.aggregate([{ '$match' => few }], **options).to_a
seen[:withOptions] = [found.size, aggregated.size]
session.end_session
def refusal(error)
  error.respond_to?(:code) && error.code || error.message[/\((\d+)\)/, 1].to_i
end
begin
  collection.aggregate([{ '$out' => 'new' }]).to_a
rescue Mongo::Error::OperationFailure => e
  seen[:out] = refusal(e)
end
begin
  collection.insert_one(_id: 'new')
rescue Mongo::Error::OperationFailure => e
  seen[:insert] = refusal(e)
end
puts JSON.generate(seen)
